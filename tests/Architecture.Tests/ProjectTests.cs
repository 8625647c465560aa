using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using LeadOrchestrator.ChatApi;
using LeadOrchestrator.Database;
using LeadOrchestrator.Orchestrator;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Hosting;

namespace LeadOrchestrator.Architecture.Tests;

/// <summary>Who may know whom.</summary>
public sealed class ProjectTests
{
    private static readonly Assembly[] Product = [typeof(OrchestratorApp).Assembly, typeof(ChatApiApp).Assembly, typeof(LeadDatabase).Assembly, typeof(Migrator).Assembly];

    /// <summary>Names of folders that mirror nothing, each with its reason.</summary>
    private static readonly Dictionary<string, string> FoldersWithoutMirror = new()
    {
        ["Fixtures"] = "what tests feed in",
    };

    [Theory]
    [InlineData("Orchestrator", "ChatApi")]
    [InlineData("ChatApi", "Orchestrator")]
    [InlineData("Shared", "Orchestrator")]
    [InlineData("Shared", "ChatApi")]
    [InlineData("Database", "Shared")]
    [InlineData("Orchestrator", "Launcher")]
    [InlineData("ChatApi", "Launcher")]
    [InlineData("Shared", "Launcher")]
    public void A_project_does_not_know_the_other(string who, string whom) =>
        Product.Single(assembly => assembly.GetName().Name == who).GetReferencedAssemblies().ShouldNotContain(reference => reference.Name == whom);

    [Fact]
    public void Every_folder_of_the_Orchestrator_is_named_in_the_architecture()
    {
        var architecture = File.ReadAllText(Repository.Path("docs", "ARCHITECTURE.md"));
        SourceFiles.Folders("src/Orchestrator").Select(folder => folder.Split('/')).Where(folder => folder.Length == 3).Select(folder => folder[2])
            .Where(name => !architecture.Contains($"`{name}`", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_background_service_has_one_round_that_a_test_can_run()
    {
        var services = Product.SelectMany(assembly => assembly.GetTypes()).Where(type => type.IsSubclassOf(typeof(BackgroundService))).ToList();

        services.ShouldNotBeEmpty();
        services.Where(type => type.GetMethod("RunOnceAsync", BindingFlags.Public | BindingFlags.Instance) is null).Select(type => type.FullName).ShouldBeEmpty();
    }

    [Fact]
    public void A_class_is_sealed_unless_another_derives_from_it()
    {
        var types = Product.SelectMany(assembly => assembly.GetTypes()).ToList();
        types.Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && type.Namespace?.StartsWith("LeadOrchestrator", StringComparison.Ordinal) is true
                && !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !types.Any(other => other.BaseType == type))
            .Select(type => type.FullName).ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var inSolution = XDocument.Load(Repository.Path("LeadOrchestrator.slnx")).Descendants("Project").Select(project => project.Attribute("Path")!.Value);
        var onDisk = new[] { "src", "dev", "tests", "bench" }.SelectMany(SourceFiles.In).Where(file => file.Name.EndsWith(".csproj", StringComparison.Ordinal)).Select(file => file.Path);

        inSolution.Order(StringComparer.Ordinal).ShouldBe(onDisk.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_project_has_a_lock_file_and_names_no_version()
    {
        var projects = new[] { "src", "dev", "tests", "bench" }.SelectMany(SourceFiles.In).Where(file => file.Name.EndsWith(".csproj", StringComparison.Ordinal)).ToList();

        projects.Where(project => !File.Exists(Repository.Path(Path.GetDirectoryName(project.Path)!, "packages.lock.json"))).Select(project => project.Path).ShouldBeEmpty();
        projects.Where(project => project.Text.Contains("PackageReference", StringComparison.Ordinal) && XDocument.Parse(project.Text).Descendants("PackageReference").Any(package => package.Attribute("Version") is not null))
            .Select(project => project.Path).ShouldBeEmpty();
    }

    [Fact]
    public void The_folders_of_tests_mirror_the_project()
    {
        // Tests of everything together, such as the failure suite, have no project to mirror.
        var ofOneProject = Directory.GetDirectories(Repository.Path("tests"), "*.Tests").Select(Path.GetFileName)
            .Where(project => new[] { "src", "dev" }.Any(root => Directory.Exists(Repository.Path(root, project![..^".Tests".Length]))));
        var strays = ofOneProject.SelectMany(project =>
        {
            var tested = project![..^".Tests".Length];
            return SourceFiles.Folders($"tests/{project}")
                .Where(folder => !FoldersWithoutMirror.ContainsKey(folder.Split('/')[^1]))
                .Where(folder => !new[] { "src", "dev" }.Any(root => Directory.Exists(Repository.Path(root, tested, folder[$"tests/{project}/".Length..]))));
        });
        strays.ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_of_the_product_has_tests() => new[] { "src", "dev" }
        .SelectMany(root => Directory.GetDirectories(Repository.Path(root)).Select(Path.GetFileName))
        .Where(project => !Directory.Exists(Repository.Path("tests", $"{project}.Tests"))).ShouldBeEmpty();
}
