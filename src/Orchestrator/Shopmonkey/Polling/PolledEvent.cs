using System.Buffers;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Webhooks;

namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>A polled row as the event that the webhook would have been: the same key, so that both together are one event.</summary>
public static class PolledEvent
{
    /// <summary>The event of a row: INSERT while it was never changed, DELETE once it is marked as deleted, else UPDATE.</summary>
    public static NewInboxEvent Of(Guid tenantId, string table, CrmRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var operation = row.IsDeleted ? "DELETE" : row.UpdatedAt is null ? "INSERT" : "UPDATE";
        try
        {
            return Make(tenantId, table, operation, writer => WriteRow(writer, row.Data));
        }
        catch (InvalidOperationException)
        {
            // A field whose name is no text: kept as it came, and judged where a webhook's is.
            return Make(tenantId, table, operation, writer => writer.WriteRawValue(row.Data.GetRawText(), skipInputValidation: true));
        }
    }

    /// <summary>The event of a row that the CRM does not know any more.</summary>
    public static NewInboxEvent Gone(Guid tenantId, string table, string id) => Make(tenantId, table, "DELETE", writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("id", id);
        writer.WriteBoolean("deleted", true);
        writer.WriteEndObject();
    });

    private static NewInboxEvent Make(Guid tenantId, string table, string operation, Action<Utf8JsonWriter> writeData)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("apiVersion", "3");
            writer.WriteString("operation", operation);
            writer.WriteString("table", table);
            writer.WritePropertyName("data");
            writeData(writer);
            writer.WriteEndObject();
        }

        var read = ShopmonkeyEvent.Read(buffer.WrittenMemory)!;
        return new NewInboxEvent(
            tenantId, "shopmonkey", read.DedupeKey, null, read.Table, read.Operation, read.ExternalId, Encoding.UTF8.GetString(buffer.WrittenSpan), read.Fault)
        {
            Origin = "poll",
        };
    }

    // Whom a row belongs to came along with it, and is no part of it.
    private static void WriteRow(Utf8JsonWriter writer, JsonElement data)
    {
        writer.WriteStartObject();
        foreach (var field in data.EnumerateObject())
        {
            if (field.Value.ValueKind != JsonValueKind.Object || !(field.NameEquals("customer") || field.NameEquals("vehicle")))
            {
                writer.WritePropertyName(field.Name);
                // As it stands: what cannot be read as text stays as it came, and is judged where a webhook's is.
                writer.WriteRawValue(field.Value.GetRawText(), skipInputValidation: true);
            }
        }

        writer.WriteEndObject();
    }
}
