using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>A quote request as a visitor of the shop's website makes it.</summary>
public sealed record NewQuote
{
    public string? FirstName { get; init; } = "Ann";

    public string? LastName { get; init; } = "Example";

    /// <summary>As typed by the visitor; null: a customer without a phone.</summary>
    public string? Phone { get; init; } = "+15125550123";

    public string? Email { get; init; }

    /// <summary>Of the customer's address, such as <c>TX</c>; null: an address is not asked for.</summary>
    public string? State { get; init; }

    /// <summary>Year, make and model; null: an order without a vehicle.</summary>
    public string? Vehicle { get; init; } = "2021 Honda Civic";

    /// <summary>Becomes the order's name after <c>New Quote - </c>.</summary>
    public string? Service { get; init; } = "Window Tint";

    /// <summary>Null: Austin.</summary>
    public string? LocationId { get; init; }

    /// <summary><c>Mobile</c>, <c>Landline</c>, <c>VoIP</c> or <c>Other</c>.</summary>
    public string PhoneType { get; init; } = "Mobile";

    /// <summary>Null: now, on the Sandbox clock.</summary>
    public DateTimeOffset? CreatedDate { get; init; }

    /// <summary>Puts <c>[test]</c> into the order's name.</summary>
    public bool Test { get; init; }

    /// <summary>Whether the webhook is sent.</summary>
    public bool Deliver { get; init; } = true;

    /// <summary>Last changes to the order's row before it is stored.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public Action<JsonObject>? Customize { get; init; }
}

/// <summary>What a quote request became.</summary>
/// <param name="Deliveries">The tries to deliver its webhook.</param>
public sealed record Quote(string OrderId, string CustomerId, string? VehicleId, IReadOnlyList<Delivery> Deliveries);

/// <summary>A change of a row, as the CRM tells it.</summary>
/// <param name="Operation"><c>INSERT</c>, <c>UPDATE</c> or <c>DELETE</c>.</param>
/// <param name="Table">Such as <c>order</c>.</param>
/// <param name="Diff">Names of changed fields, of an update only.</param>
public sealed record CrmEvent(string Operation, string Table, JsonObject Data, IReadOnlyList<string>? Diff = null)
{
    /// <summary>The body of its webhook.</summary>
    public JsonObject ToBody()
    {
        var body = new JsonObject
        {
            ["apiVersion"] = "3",
            ["operation"] = Operation,
            ["table"] = Table,
            ["data"] = Data.DeepClone(),
        };
        if (Diff is not null)
        {
            body["diff"] = Json.Of(Diff);
        }

        return body;
    }
}

/// <summary>How a webhook is sent when it is not to be sent as usual.</summary>
public sealed record DeliveryOptions
{
    /// <summary>Path on the product.</summary>
    public string Path { get; init; } = "/webhooks/shopmonkey";

    /// <summary>Null: a new one at each attempt.</summary>
    public string? WebhookId { get; init; }

    /// <summary>Null: the Sandbox clock's time.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Null: the configured one.</summary>
    public string? Secret { get; init; }

    public WebhookKeyForm KeyForm { get; init; }

    /// <summary>Sent instead of the right signature; an empty text leaves the header out.</summary>
    public string? Signature { get; init; }

    public int MaxAttempts { get; init; } = 4;
}
