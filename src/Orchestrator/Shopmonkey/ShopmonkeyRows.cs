using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>What every row has by which a late older event is known.</summary>
public interface ICrmRow
{
    /// <summary>Its id at the CRM.</summary>
    string Id { get; }

    /// <summary>The CRM's own note on it, where the table has one.</summary>
    RowMeta? Meta { get; }

    /// <summary>Null until the first change.</summary>
    DateTimeOffset? UpdatedDate { get; }

    /// <summary>When it was made.</summary>
    DateTimeOffset? CreatedDate { get; }
}

/// <summary>An order of the CRM. A quote request is one in status <c>Estimate</c>; it carries ids, no phone and no email.</summary>
public sealed record OrderRow : ICrmRow
{
    public required string Id { get; init; }
    public string? Name { get; init; }
    public string? CoalescedName { get; init; }
    public string? GeneratedCustomerName { get; init; }
    public string? GeneratedVehicleName { get; init; }
    public string? CustomerId { get; init; }
    public string? VehicleId { get; init; }
    public string? LocationId { get; init; }
    public string? WorkflowStatusId { get; init; }
    public string? Status { get; init; }
    public bool? Authorized { get; init; }
    public bool? Invoiced { get; init; }
    public bool? Paid { get; init; }
    public bool? Archived { get; init; }
    public bool? Deleted { get; init; }
    public bool? Imported { get; init; }
    public DateTimeOffset? OrderCreatedDate { get; init; }
    public DateTimeOffset? CreatedDate { get; init; }
    public DateTimeOffset? UpdatedDate { get; init; }
    public RowMeta? Meta { get; init; }
}

/// <summary>The CRM's own note on a row. <c>version</c> grows with each change.</summary>
public sealed record RowMeta
{
    [JsonConverter(typeof(CrmVersion))]
    public long? Version { get; init; }
}

/// <summary>A customer. Numbers and emails come as lists; one may be primary.</summary>
public sealed record CustomerRow : ICrmRow
{
    public required string Id { get; init; }
    public string? FirstName { get; init; }
    public string? LastName { get; init; }
    public string? CompanyName { get; init; }

    /// <summary>Of the address: a code or a name.</summary>
    public string? State { get; init; }

    /// <summary>Of the address: a ZIP Code, with or without its four more digits.</summary>
    public string? PostalCode { get; init; }
    public IReadOnlyList<PhoneRow>? PhoneNumbers { get; init; }
    public IReadOnlyList<EmailRow>? Emails { get; init; }
    public DateTimeOffset? CreatedDate { get; init; }
    public DateTimeOffset? UpdatedDate { get; init; }
    public RowMeta? Meta { get; init; }
}

/// <summary>A customer's number. <c>type</c>: Mobile, Landline, VoIP, Other. <c>optIn</c> false = they said no at the shop.</summary>
public sealed record PhoneRow
{
    public string? Number { get; init; }
    public bool? Primary { get; init; }
    public string? Type { get; init; }
    public bool? OptIn { get; init; }
}

/// <summary>A customer's email. <c>subscribed</c> false = they said no at the shop, or by a link of the CRM's own mails.</summary>
public sealed record EmailRow
{
    public string? Email { get; init; }
    public bool? Primary { get; init; }
    public bool? Subscribed { get; init; }
}

/// <summary>A vehicle.</summary>
public sealed record VehicleRow : ICrmRow
{
    public required string Id { get; init; }
    public JsonElement Year { get; init; }
    public string? Make { get; init; }
    public string? Model { get; init; }
    public DateTimeOffset? CreatedDate { get; init; }
    public DateTimeOffset? UpdatedDate { get; init; }
    public RowMeta? Meta { get; init; }
}

/// <summary>A shop.</summary>
public sealed record LocationRow
{
    public required string Id { get; init; }
    public string? Name { get; init; }
    public string? Address1 { get; init; }
    public string? City { get; init; }
    public string? State { get; init; }
    public string? PostalCode { get; init; }
    public string? Phone { get; init; }
    public string? Timezone { get; init; }
}

/// <summary>A column of the shop's board.</summary>
public sealed record WorkflowStatusRow
{
    public required string Id { get; init; }
    public string? LocationId { get; init; }
    public string? Name { get; init; }

    /// <summary>Its place on the board, from the left.</summary>
    public decimal? Position { get; init; }
}

/// <summary>An appointment. <c>confirmationStatus</c>: Confirmed, Declined, NoResponse.</summary>
public sealed record AppointmentRow : ICrmRow
{
    public required string Id { get; init; }
    public string? OrderId { get; init; }
    public string? CustomerId { get; init; }
    public string? ConfirmationStatus { get; init; }
    public bool? Deleted { get; init; }
    [JsonConverter(typeof(CrmTime))]
    public DateTimeOffset? StartDate { get; init; }

    [JsonConverter(typeof(CrmTime))]
    public DateTimeOffset? EndDate { get; init; }
    public string? LocationId { get; init; }
    public string? Note { get; init; }
    public DateTimeOffset? CreatedDate { get; init; }
    public DateTimeOffset? UpdatedDate { get; init; }
    public RowMeta? Meta { get; init; }
}

/// <summary>A service with its price.</summary>
public sealed record CannedServiceRow : ICrmRow
{
    public required string Id { get; init; }
    public string? LocationId { get; init; }
    public string? Name { get; init; }
    public string? Note { get; init; }

    /// <summary><c>FixedPrice</c>, or <c>LineItem</c>: then the total of its lines is the price, whatever the fixed price says.</summary>
    public string? Pricing { get; init; }
    public long? TotalCents { get; init; }
    public long? FixedPriceCents { get; init; }
    public bool? Bookable { get; init; }
    public bool? Deleted { get; init; }
    public IReadOnlyList<LaborRow>? Labors { get; init; }
    public DateTimeOffset? CreatedDate { get; init; }
    public DateTimeOffset? UpdatedDate { get; init; }
    public RowMeta? Meta { get; init; }
}

/// <summary>Hours of work in a service.</summary>
public sealed record LaborRow
{
    public decimal? Hours { get; init; }
}

/// <summary>The envelope of an answer: <c>{success, data}</c>.</summary>
public sealed record Answer<T>
{
    public T? Data { get; init; }
}

/// <summary>Reads the CRM's rows, and writes ours. Numbers may come as text and the other way round in old rows; unknown fields are passed over, and what we do not know is left out.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.AllowReadingFromString, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(CrmText), typeof(CrmDate), typeof(CrmInstant), typeof(CrmFlag), typeof(CrmDecimal)])]
[JsonSerializable(typeof(Answer<OrderRow>))]
[JsonSerializable(typeof(Answer<AppointmentRow>))]
[JsonSerializable(typeof(LeadOrchestrator.Orchestrator.Appointments.CrmBooking))]
[JsonSerializable(typeof(LeadOrchestrator.Orchestrator.Appointments.CrmTimes))]
[JsonSerializable(typeof(Answer<CannedServiceRow>))]
[JsonSerializable(typeof(RowEnvelope<CustomerRow>))]
[JsonSerializable(typeof(RowEnvelope<VehicleRow>))]
[JsonSerializable(typeof(RowEnvelope<AppointmentRow>))]
[JsonSerializable(typeof(RowEnvelope<CannedServiceRow>))]
[JsonSerializable(typeof(Answer<CustomerRow>))]
[JsonSerializable(typeof(Answer<VehicleRow>))]
[JsonSerializable(typeof(Answer<LocationRow>))]
[JsonSerializable(typeof(WorkflowStatusRow))]
[JsonSerializable(typeof(Answer<JsonElement?>), TypeInfoPropertyName = "AnswerJsonElement")]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(OrderEnvelope))]
public sealed partial class ShopmonkeyJson : JsonSerializerContext;

/// <summary>A webhook about an order.</summary>
public sealed record OrderEnvelope
{
    public required OrderRow Data { get; init; }
}

/// <summary>A webhook about a row of another table.</summary>
public sealed record RowEnvelope<T>
{
    public required T Data { get; init; }
}
