using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.ChatApi.Tests.Guard;
using LeadOrchestrator.Sandbox.Models;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>A model that says what is not so, whatever it is told: what the customer sees, what is stored, what staff find and what it costs.</summary>
public sealed class GuardedAnswerTests(Scene scene) : IClassFixture<Scene>, IDisposable
{
    [Theory]
    [InlineData("claude")]
    [InlineData("openai")]
    public async Task An_amount_that_is_not_listed_is_never_seen_and_the_model_is_asked_once_more(string provider)
    {
        await using var server = await scene.StartAsync(("AI_PROVIDER", provider));
        scene.Sandbox.Model.Enqueue(new ModelAnswer("Hi Ann! Happy to help with your car. Full ceramic tint is $250 for you. Shall we?"));
        scene.Sandbox.Model.Enqueue(new ModelAnswer("Hi Ann! Full ceramic tint is $399.00."));
        var customer = await scene.CustomerAsync(server);

        var frames = await customer.AskAsync("How much is ceramic?");

        frames[^1].Type.ShouldBe("answer.completed");
        frames[^1].Text("content").ShouldBe("Hi Ann! Full ceramic tint is $399.00.");
        frames.Where(frame => frame.Type == "answer.delta").ShouldAllBe(frame => !frame.Text("text").Contains('5', StringComparison.Ordinal));
        SinceRestart(frames).ShouldBe(frames[^1].Text("content"));
        scene.Sandbox.Model.Calls[^1].System.ShouldContain("stopped before it was sent");
        scene.Sandbox.Model.Calls[^1].System.ShouldContain("$250");
        var costs = await CostsAsync(customer);
        costs.Length.ShouldBe(2);
        // The vendor was heard to its end, unseen: what is booked is what it has counted.
        (await scene.Database.ColumnAsync<string>("SELECT status || ' ' || outcome FROM ai_calls WHERE session_id = $1 ORDER BY id", customer.SessionId)).ShouldBe(["settled guarded", "settled stop"]);
        frames[^1].Data.GetProperty("usage").GetProperty("costMicros").GetInt64().ShouldBe(costs.Sum());
        (await ReviewsAsync(customer)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_shown_before_it_is_void_and_a_browser_that_resumes_sees_the_same()
    {
        scene.Sandbox.Model.TokenDelay = TimeSpan.FromMilliseconds(5);
        scene.Sandbox.Model.Enqueue(new ModelAnswer("Happy to help with your car, Ann, and with what you would like to know of it. It is free of charge."));
        scene.Sandbox.Model.Enqueue(new ModelAnswer("Ceramic tint is $399.00, Ann."));
        var customer = await scene.CustomerAsync();

        var frames = await customer.AskAsync("Is it free?");

        frames.Count(frame => frame.Type == "answer.restarted").ShouldBe(1);
        frames.TakeWhile(frame => frame.Type != "answer.restarted").Count(frame => frame.Type == "answer.delta").ShouldBeGreaterThan(0);
        SinceRestart(frames).ShouldBe("Ceramic tint is $399.00, Ann.");
        (await customer.HistoryAsync())[^1].GetProperty("content").GetString().ShouldBe("Ceramic tint is $399.00, Ann.");
        using var again = await customer.FollowAsync(0);
        (await again.UntilAsync(frame => frame.IsTerminal)).Select(frame => frame.Id).ShouldBe(frames.Select(frame => frame.Id));
    }

    [Theory]
    [InlineData("How much is it?", "I would rather not guess here: let me have the shop confirm that for you. You can also call +15125550100.")]
    [InlineData("¿Cuánto cuesta?", "Prefiero no adivinar: permítame que el taller se lo confirme. También puede llamar al +15125550100.")]
    public async Task A_model_that_does_it_twice_is_heard_no_more_and_the_shop_is_to_confirm(string question, string answer)
    {
        scene.Sandbox.Model.Enqueue(new ModelAnswer("It is $250."));
        scene.Sandbox.Model.Enqueue(new ModelAnswer("You are right, sorry. It is 20% off."));
        var customer = await scene.CustomerAsync();

        var frames = await customer.AskAsync(question);

        frames[^1].Type.ShouldBe("answer.completed");
        frames[^1].Text("content").ShouldBe(answer);
        frames[^1].Text("finishReason").ShouldBe("stop");
        SinceRestart(frames).ShouldBe(answer);
        var review = (await ReviewsAsync(customer)).ShouldHaveSingleItem();
        review.ShouldBe("answer_held_back discount It is 20% off.");
    }

    [Fact]
    public async Task A_yes_to_a_question_that_would_be_a_lie_is_one()
    {
        scene.Sandbox.Model.Enqueue(new ModelAnswer("Yes, it is!"));
        scene.Sandbox.Model.Enqueue(new ModelAnswer("No, it isn't: ceramic tint is $399.00."));
        var customer = await scene.CustomerAsync();

        (await customer.AskAsync("Is it free?"))[^1].Text("content").ShouldBe("No, it isn't: ceramic tint is $399.00.");
    }

    [Fact]
    public async Task A_deed_that_nobody_did_is_not_told()
    {
        scene.Sandbox.Model.Enqueue(new ModelAnswer("You're all set for Monday at 9!"));
        scene.Sandbox.Model.Enqueue(new ModelAnswer("I cannot book it myself, but the shop gladly does."));
        var customer = await scene.CustomerAsync();

        (await customer.AskAsync("Book me for Monday"))[^1].Text("content").ShouldBe("I cannot book it myself, but the shop gladly does.");
    }

    [Fact]
    public async Task Two_hundred_turns_with_a_hostile_model_show_no_price_that_is_not_listed()
    {
        var random = new Random(7);
        var shop = GuardShop.All[0];
        var lies = new Corpus(random).Violations().Where(saying => saying.Shop == shop).Select(saying => saying.Text).ToList();
        scene.Sandbox.Model.Respond = call =>
        {
            lock (random)
            {
                var lie = lies[random.Next(lies.Count)];
                return new ModelAnswer(random.Next(3) switch { 0 => lie, 1 => $"Hi Ann, thanks for asking! {lie}", _ => $"The film is bright and the team is kind.\n\n{lie}\n\nAnything else?" });
            }
        };
        // What is true of the scene's shop, judged once more from outside.
        var facts = new TruthFacts([new(Guid.Empty, "Full Car Ceramic Tint", "", 39900, 240, true, null, GuardShop.Now.AddYears(-1))], shop.Hours, GuardShop.Now, "Acme Tint Austin",
            "+15125550100", "1 Main St, Austin, TX", "2021 Honda Civic", Deeds.None, ["localhost"]);
        var seen = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            var customer = await scene.CustomerAsync();
            var texts = new List<(string Content, string Shown)>();
            for (var turn = 0; turn < 10; turn++)
            {
                var frames = await customer.AskAsync("And now?");
                frames[^1].Type.ShouldBe("answer.completed");
                texts.Add((frames[^1].Text("content"), SinceRestart(frames)));
                texts.AddRange(Tries(frames).Select(text => (text, text)));
            }

            return texts;
        }));

        var all = seen.SelectMany(texts => texts).ToList();
        all.Count.ShouldBeGreaterThanOrEqualTo(200);
        all.ShouldAllBe(text => text.Content == text.Shown);
        // "let me have the shop confirm" is ours and true: staff have the item.
        all.Where(text => !text.Content.StartsWith("I would rather not guess here", StringComparison.Ordinal) && Passage.Of(facts, [text.Content]).Violation is not null)
            .Select(text => text.Content).ShouldBeEmpty();
    }

    // What each try has shown, those that were void as well.
    private static IEnumerable<string> Tries(IReadOnlyList<SeenFrame> frames)
    {
        var text = "";
        foreach (var frame in frames)
        {
            if (frame.Type == "answer.delta")
            {
                text += frame.Text("text");
            }
            else if (frame.Type == "answer.restarted")
            {
                yield return text;
                text = "";
            }
        }
    }

    private static string SinceRestart(IReadOnlyList<SeenFrame> frames)
    {
        var restarted = frames.Where(frame => frame.Type == "answer.restarted").Select(frame => frame.Seq).DefaultIfEmpty(0).Max();
        return string.Concat(frames.Where(frame => frame.Type == "answer.delta" && frame.Seq > restarted).Select(frame => frame.Text("text")));
    }

    private async Task<long[]> CostsAsync(Customer customer) =>
        [.. await scene.Database.ColumnAsync<long>("SELECT cost_micros FROM ai_calls WHERE session_id = $1 AND status <> 'reserved' ORDER BY id", customer.SessionId)];

    private Task<IReadOnlyList<string>> ReviewsAsync(Customer customer) => scene.Database.ColumnAsync<string>("""
        SELECT r.kind || ' ' || r.reason || ' ' || (r.evidence ->> 'said')
        FROM review_items r JOIN chat_sessions s ON s.tenant_id = r.tenant_id AND s.lead_id = r.lead_id WHERE s.id = $1 ORDER BY r.id
        """, customer.SessionId);

    public void Dispose()
    {
        scene.Sandbox.Model.Respond = null;
        scene.Sandbox.Model.TokenDelay = TimeSpan.Zero;
    }
}
