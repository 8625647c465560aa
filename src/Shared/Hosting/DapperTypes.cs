using System.Data;
using Dapper;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>Column names are snake_case, times are <see cref="DateTimeOffset"/> in UTC, dates and hours have their own types.</summary>
internal static class DapperTypes
{
    public static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        // Dapper knows this type itself, and would pass an instant of another zone on, which Npgsql refuses.
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.AddTypeHandler(typeof(DateTimeOffset), new Instant());
        SqlMapper.AddTypeHandler(new Date());
        SqlMapper.AddTypeHandler(new Hour());
        SqlMapper.AddTypeHandler(new Words());
    }

    // Not a TypeHandler<T>: that one leaves a null without a type, and "@endsAt IS NULL" then has none either.
    private sealed class Instant : SqlMapper.ITypeHandler
    {
        public void SetValue(IDbDataParameter parameter, object value)
        {
            parameter.DbType = DbType.DateTimeOffset;
            parameter.Value = value is DateTimeOffset instant ? instant.ToUniversalTime() : DBNull.Value;
        }

        // Dapper's contract has no nullable return value, but a lone NULL comes here too.
        public object Parse(Type destinationType, object value) => value switch
        {
            DBNull => null!,
            DateTimeOffset instant => instant,
            DateTime utc => new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)),
            _ => throw new InvalidCastException($"{value.GetType()} is no instant"),
        };
    }

    private sealed class Date : SqlMapper.TypeHandler<DateOnly>
    {
        public override void SetValue(IDbDataParameter parameter, DateOnly value) => parameter.Value = value;

        public override DateOnly Parse(object value) => value is DateTime date ? DateOnly.FromDateTime(date) : (DateOnly)value;
    }

    // Npgsql calls the type of an array column System.Array, which fits no record's constructor.
    private sealed class Words : SqlMapper.TypeHandler<string[]>
    {
        public override void SetValue(IDbDataParameter parameter, string[]? value) => parameter.Value = (object?)value ?? DBNull.Value;

        public override string[] Parse(object value) => (string[])value;
    }

    private sealed class Hour : SqlMapper.TypeHandler<TimeOnly>
    {
        public override void SetValue(IDbDataParameter parameter, TimeOnly value) => parameter.Value = value;

        public override TimeOnly Parse(object value) => value is TimeSpan span ? TimeOnly.FromTimeSpan(span) : (TimeOnly)value;
    }
}
