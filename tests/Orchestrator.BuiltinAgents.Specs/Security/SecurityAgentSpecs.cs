using System.Text.Json;

namespace Orchestrator.BuiltinAgents.Specs.Security;

public sealed class When_a_text_is_scanned
{
    [Theory]
    [InlineData("key AKIAIOSFODNN7EXAMPLE here", "aws_access_key")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----", "private_key")]
    [InlineData("card 4111 1111 1111 1111.", "payment_card")]
    [InlineData("DE89 3704 0044 0532 0130 00", "iban")]
    [InlineData("write to ana@example.com", "email")]
    [InlineData("password = hunter2hunter2", "password_assignment")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN", "json_web_token")]
    public async Task it_is_found_named_and_blacked_out(string text, string kind)
    {
        var output = await Asked.For("security_compliance_agent", new { text }, "check_security");
        output.GetProperty("clean").GetBoolean().ShouldBeFalse();
        output.GetProperty("findings").EnumerateArray().ShouldHaveSingleItem().GetProperty("kind").GetString().ShouldBe(kind);
        output.GetProperty("redacted").GetString()!.ShouldContain($"[{kind}]");
    }

    [Theory]
    [InlineData("card 4111 1111 1111 1112, order 1234567890123456")]
    [InlineData("DE88 3704 0044 0532 0130 00")]
    [InlineData("AKIA is a prefix; the password is secret; a@b")]
    public async Task what_only_looks_like_one_is_left_alone(string text)
    {
        var output = await Asked.For("security_compliance_agent", new { text });
        output.GetProperty("clean").GetBoolean().ShouldBeTrue(output.GetRawText());
        output.GetProperty("redacted").GetString().ShouldBe(text);
    }

    [Fact]
    public async Task its_place_is_told_and_never_the_thing_itself()
    {
        var output = await Asked.For("security_compliance_agent", new { text = "one\ntwo ana@example.com\nbob@example.com" });
        output.GetProperty("findings").EnumerateArray().Select(found => (found.GetProperty("line").GetInt32(), found.GetProperty("column").GetInt32())).ShouldBe([(2, 5), (3, 1)]);
        JsonSerializer.Serialize(output).ShouldNotContain("ana@");
    }
}
