namespace LeadOrchestrator.Launcher.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Nothing_typed_is_help() => CommandLine.Parse([]).Command.ShouldBe("help");

    [Fact]
    public void Demo_alone_keeps_its_data_and_takes_the_ports_of_the_contract()
    {
        var demo = CommandLine.Parse(["demo"]);

        demo.Fresh.ShouldBeFalse();
        Ports.From(demo.PortBase).ShouldBe(new Ports(3000, 3001, 3002, 5173));
    }

    [Theory]
    [InlineData("demo", "--fresh", "--port-base", "4000")]
    [InlineData("demo", "--port-base=4000", "--fresh")]
    [InlineData("dev", "--port-base", "4000", "--fresh")]
    public void One_option_shifts_every_port(params string[] arguments)
    {
        var demo = CommandLine.Parse(arguments);

        demo.Fresh.ShouldBeTrue();
        Ports.From(demo.PortBase).ShouldBe(new Ports(4000, 4001, 4002, 4003));
    }

    [Theory]
    [InlineData("demo", "--port-base")]
    [InlineData("demo", "--port-base", "0")]
    [InlineData("demo", "--port-base", "65533")]
    [InlineData("demo", "--port-base", "+4000")]
    [InlineData("demo", "--frech")]
    [InlineData("test", "one", "two")]
    [InlineData("test", "--all")]
    [InlineData("migrate", "now")]
    [InlineData("doctor", "--fresh")]
    [InlineData("doctor", "now")]
    [InlineData("demonstration")]
    public void What_is_not_understood_is_one_sentence(params string[] arguments)
    {
        var sentence = Should.Throw<LauncherException>(() => CommandLine.Parse(arguments)).Message;

        sentence.ShouldNotContain("\n");
        sentence.ShouldEndWith(".");
    }

    [Fact]
    public void The_doctor_can_be_told_where_a_demos_ports_begin() => CommandLine.Parse(["doctor", "--port-base", "4000"]).PortBase.ShouldBe(4000);

    [Fact]
    public void Bench_gets_its_arguments_as_they_are() =>
        CommandLine.Parse(["bench", "webhook", "--full"]).Rest.ShouldBe(["webhook", "--full"]);
}
