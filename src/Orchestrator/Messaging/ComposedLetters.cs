using System.Text;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>Letters whose accent came as a sign of its own, as some keyboards and systems write them, in one piece: the carriers and mail programs know those.</summary>
/// <remarks>The runtime composes none here: it runs without the data of the cultures (InvariantGlobalization). Latin and Cyrillic letters; others stay as they are.</remarks>
internal static class ComposedLetters
{
    // Of each sign the letters before it, each followed by what the two are together (Unicode, canonical decompositions).
    private static readonly Dictionary<char, string> Signs = new()
    {
        ['\u0300'] = "AÀEÈIÌOÒUÙaàeèiìoòuùЕЀИЍеѐиѝÂẦâầĂẰăằÊỀêềÔỒôồƠỜơờƯỪưừYỲyỳ", // grave accent
        ['\u0301'] = "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźГЃКЌгѓкќÂẤâấĂẮăắÊẾêếÔỐôốƠỚơớƯỨưứ", // acute accent
        ['\u0302'] = "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷẠẬạậẸỆẹệỌỘọộ", // circumflex accent
        ['\u0303'] = "AÃNÑOÕaãnñoõIĨiĩUŨuũÂẪâẫĂẴăẵEẼeẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ", // tilde
        ['\u0308'] = "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸЕЁІЇеёії", // diaeresis
        ['\u030A'] = "AÅaåUŮuů", // ring above
        ['\u0327'] = "CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţ", // cedilla
        ['\u0304'] = "AĀaāEĒeēIĪiīOŌoōUŪuū", // macron
        ['\u0306'] = "AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭУЎИЙийуўẠẶạặ", // breve
        ['\u0328'] = "AĄaąEĘeęIĮiįUŲuų", // ogonek
        ['\u0307'] = "CĊcċEĖeėGĠgġIİZŻzż", // dot above
        ['\u030C'] = "CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽzž", // caron
        ['\u030B'] = "OŐoőUŰuű", // double acute accent
        ['\u031B'] = "OƠoơUƯuư", // horn
        ['\u0326'] = "SȘsșTȚtț", // comma below
        ['\u0323'] = "AẠaạEẸeẹIỊiịOỌoọƠỢơợUỤuụƯỰưựYỴyỵ", // dot below
        ['\u0309'] = "AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞơởUỦuủƯỬưửYỶyỷ", // hook above
    };

    private static readonly Dictionary<(char Letter, char Sign), char> Pairs = Signs
        .SelectMany(sign => sign.Value.Chunk(2).Select(pair => (Key: (pair[0], sign.Key), Composed: pair[1]))).ToDictionary(pair => pair.Key, pair => pair.Composed);

    /// <summary>The same text, composed.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Any(Signs.ContainsKey))
        {
            return text;
        }

        var composed = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (composed.Length > 0 && Pairs.TryGetValue((composed[^1], letter), out var whole))
            {
                composed[^1] = whole;
            }
            else
            {
                composed.Append(letter);
            }
        }

        return composed.ToString();
    }
}
