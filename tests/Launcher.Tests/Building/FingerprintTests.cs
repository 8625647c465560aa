using LeadOrchestrator.Launcher.Building;

namespace LeadOrchestrator.Launcher.Tests.Building;

public sealed class FingerprintTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void What_is_built_stays_current_until_a_source_changes_appears_or_goes()
    {
        _folder.Write("one", "src", "a.cs");
        _folder.Write("built", "out", "a.dll");
        Built();
        IsCurrent().ShouldBeTrue();

        _folder.Write("noise", "src", "obj", "made.cs");
        IsCurrent().ShouldBeTrue();

        _folder.Write("two", "src", "a.cs");
        IsCurrent().ShouldBeFalse();

        Built();
        _folder.Write("new", "src", "b.cs");
        IsCurrent().ShouldBeFalse();

        Built();
        File.Delete(_folder.At("src", "b.cs"));
        IsCurrent().ShouldBeFalse();
    }

    [Fact]
    public void A_deleted_output_is_built_again()
    {
        _folder.Write("one", "src", "a.cs");
        Built();

        IsCurrent().ShouldBeFalse();
    }

    public void Dispose() => _folder.Dispose();

    private Fingerprint Make() => new(new Repository(_folder.Path), "services", ["src", "missing.props"], ["out/a.dll"]);

    private void Built() => Make().Keep(Make().Current());

    private bool IsCurrent() => Make().IsCurrent(Make().Current());
}
