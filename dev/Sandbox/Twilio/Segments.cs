namespace LeadOrchestrator.Sandbox.Twilio;

/// <summary>How many parts a text is charged as: GSM 7-bit 160 or 153 each, else UCS-2 70 or 67 each.</summary>
public static class Segments
{
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    private const string Extended = "^{}\\[~]|€\f";

    /// <returns>At least 1.</returns>
    public static int Of(string body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var length = 0;
        foreach (var character in body)
        {
            if (Extended.Contains(character))
            {
                length += 2;
            }
            else if (Basic.Contains(character))
            {
                length++;
            }
            else
            {
                // One such character turns the whole message to UCS-2.
                return Parts(body.Length, 70, 67);
            }
        }

        return Parts(length, 160, 153);
    }

    private static int Parts(int length, int single, int each) => length <= single ? 1 : (length + each - 1) / each;
}
