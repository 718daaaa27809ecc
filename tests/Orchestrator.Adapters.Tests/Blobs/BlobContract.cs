using System.Security.Cryptography;
using System.Text;
using Orchestrator.Execution.Blobs;
using Orchestrator.Vocabulary.Blobs;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Blobs;

/// <summary>What every store must do with blobs.</summary>
public abstract class BlobContract
{
    protected abstract IBlobStore Blobs { get; }

    protected static CancellationToken None => CancellationToken.None;

    [StoreFact]
    public async Task a_blob_is_there_when_it_is_whole_and_not_before()
    {
        var blob = Summary("first,", "second");
        await Blobs.WritePartAsync("up", 0, Bytes("first,"), None);
        await Blobs.WritePartAsync("up", 1, Bytes("sec"), None);
        (await Blobs.FindAsync(blob.Digest, None)).ShouldBeNull();
        (await Blobs.ReadPartAsync(blob.Digest, 0, None)).ShouldBeNull();
        (await Blobs.CompleteAsync("up", blob, None)).ShouldBe(BlobOutcome.Incomplete);

        // A part that is sent again takes the place of the one before.
        await Blobs.WritePartAsync("up", 1, Bytes("second"), None);
        (await Blobs.CompleteAsync("up", blob, None)).ShouldBe(BlobOutcome.Stored);

        (await Blobs.FindAsync(blob.Digest, None)).ShouldBe(blob);
        Text(await Blobs.ReadPartAsync(blob.Digest, 0, None)).ShouldBe("first,");
        Text(await Blobs.ReadPartAsync(blob.Digest, 1, None)).ShouldBe("second");
        (await Blobs.ReadPartAsync(blob.Digest, 2, None)).ShouldBeNull();
        (await Blobs.CompleteAsync("up", blob, None)).ShouldBe(BlobOutcome.Known);
        Text(await Blobs.ReadPartAsync(blob.Digest, 1, None)).ShouldBe("second");
    }

    [StoreFact]
    public async Task the_same_content_is_kept_once_with_the_type_of_its_first_put()
    {
        var blob = await PutAsync("up", "once");
        await Blobs.WritePartAsync("again", 0, Bytes("once"), None);

        (await Blobs.CompleteAsync("again", blob with { ContentType = "text/html" }, None)).ShouldBe(BlobOutcome.Known);

        (await Blobs.FindAsync(blob.Digest, None)).ShouldBe(blob);
        Text(await Blobs.ReadPartAsync(blob.Digest, 0, None)).ShouldBe("once");
    }

    [StoreFact]
    public async Task of_many_puts_of_one_content_at_the_same_time_one_stores_it()
    {
        var blob = Summary("crowd");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(async n =>
        {
            await Blobs.WritePartAsync($"up-{n}", 0, Bytes("crowd"), None);
            return await Blobs.CompleteAsync($"up-{n}", blob, None);
        }));

        outcomes.Count(outcome => outcome == BlobOutcome.Stored).ShouldBe(1);
        outcomes.Count(outcome => outcome == BlobOutcome.Known).ShouldBe(11);
        Text(await Blobs.ReadPartAsync(blob.Digest, 0, None)).ShouldBe("crowd");
    }

    [StoreFact]
    public async Task nothing_at_all_is_a_content_too()
    {
        (await Blobs.CompleteAsync("up", Summary(), None)).ShouldBe(BlobOutcome.Stored);
        (await Blobs.FindAsync(Summary().Digest, None)).ShouldBe(Summary());
    }

    [StoreFact]
    public async Task a_use_names_every_blob_that_is_missing_and_then_uses_none()
    {
        var (kept, gone) = (await PutAsync("up", "kept"), Summary("gone"));

        (await Blobs.UseAsync(Id(1), [kept.Digest, gone.Digest], None)).ShouldBe([gone.Digest]);
        (await Blobs.UseAsync(Id(1), [kept.Digest], None)).ShouldBeEmpty();
        (await Blobs.UseAsync(Id(1), [kept.Digest, kept.Digest], None)).ShouldBeEmpty();
    }

    protected async Task<BlobSummary> PutAsync(string upload, string content)
    {
        await Blobs.WritePartAsync(upload, 0, Bytes(content), None);
        await Blobs.CompleteAsync(upload, Summary(content), None);
        return Summary(content);
    }

    protected static BlobSummary Summary(params string[] parts)
    {
        var all = Bytes(string.Concat(parts));
        return new BlobSummary(BlobDigest.Of(SHA256.HashData(all)), all.Length, parts.Length, "text/plain");
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string? Text(ReadOnlyMemory<byte>? content) => content is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
}
