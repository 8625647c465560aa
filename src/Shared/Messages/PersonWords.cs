using System.Text.RegularExpressions;
using LeadOrchestrator.Shared.Consent;

namespace LeadOrchestrator.Shared.Messages;

/// <summary>Reads whether somebody asks for a person of the shop, in plain words, in English and Spanish. What is put otherwise is left to the model.</summary>
/// <remarks>
/// Read before any model is asked, so that neither an outage, a budget that is used up nor a model that does not listen keeps a customer from a person. A question that merely
/// names one ("is there a person who can do it on Friday?", "are you a person?") is none.
/// </remarks>
public static partial class PersonWords
{
    /// <summary>Do the words ask for a person?</summary>
    public static bool AskForOne(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var all = PlainWords.Of(text);
        var words = PlainWords.Of(Innocent().Replace(all, " "));
        return Bare().IsMatch(all) || English().IsMatch(words) || Spanish().IsMatch(words);
    }

    private const string Polite = "(please|pls|plz|just|ok|okay|hey|hi|hello|no|yes|por favor|hola)";

    private const string Real = "(real|live|actual|human|living)";

    // A person and nothing else; the others may be somebody of the customer's own.
    private const string Person = $"((a|an|the|some|any|your|another) )?({Real} )*(person|human|human being|representative|rep|agent|operator|customer service)";
    private const string Somebody = $"({Person}|someone|somebody|(a|an|the|your) (manager|owner|boss|supervisor|technician|tech|employee|advisor|installer)|a member of (the |your )?staff)";
    private const string Talk = "(talk|speak|chat|talking|speaking|chatting) (to|with)";
    private const string Wish = "(want|need|like|wanna|prefer|love|can i|could i|may i|can we|could we|let me|let us|how do i|how can i|possible|rather|trying|ask|asking)";
    private const string Machine = "((a|an|the|this|your) )?(bot|robot|machine|computer|ai|chatbot|chat bot|assistant)";

    private const string Persona = "(una persona( (real|humana|del taller))?|un (humano|ser humano|representante|agente|operador|asesor|empleado|tecnico)|una (asesora|operadora)|alguien|(el|la|un|una|su) (encargad[oa]|gerente|duen[oa]|jefe|jefa))";
    private const string Deseo = "(quiero|quisiera|necesito|gustaria|puedo|podria|podemos|deseo|prefiero|dejeme|dejame|ocupo|como|quien|pueden?|podrian)";
    private const string Hablar = "(hablar|hablo|comunicarme|comunicar|platicar|conversar|chatear|contactar|contactarme)";

    // What was, what need not be, and what one asks about ourselves.
    [GeneratedRegex(
        $@"\b((dont|do not|didnt|did not|no need|not|never|wont|without|rather not|hate|dont have|(?<!how )(do|did|does|will|would|must|should) (i|we|you|he|she|they) (have to |need to )?)( (want|need|have|like|going|wish))?( to)? ?{Talk}(?! {Machine})"
        + $@"|(am|was|were|are|is) (i|you|we|he|she|they|this|it) (still |really |now |just )?({Talk} )?{Somebody}"
        + $@"|no (quiero|quisiera|necesito|hace falta|tengo que|deseo) {Hablar} con(?! (un|una|esta|este) (robot|maquina|bot|computadora)))\b")]
    private static partial Regex Innocent();

    [GeneratedRegex($@"^({Polite} )*{Person}( (please|pls|plz|now|asap|here|thanks|thank you|por favor))*$|^({Polite} )*({Persona}|humano|persona)( por favor| ya| ahora)*$")]
    private static partial Regex Bare();

    [GeneratedRegex(
        $@"\b((talk|speak|chat) (to|with) {Person}|{Wish}( \w+)? (to )?{Talk} {Somebody}|^({Polite} )*{Talk} {Somebody}"
        + $@"|(want|need|like|prefer|get me|give me|send me|fetch me|bring me|have me) (to have )?(a|an|the|some) ({Real} )*(person|human|human being|representative|rep|agent|operator)(?>( (please|pls|now|here|instead|asap|right now|on the phone|to (talk|speak|answer|help|call|reply|respond)( \w+)*))*)$"
        + $@"|(connect|transfer|put|hand|switch|pass|patch) (me|us) (over |through |on |up )?(to|with) {Somebody}|is there {Somebody} (here )?(that |who )?(i|we) (can|could|may) (talk|speak|chat)"
        + $@"|(can|could|would|will|please have|have|let|get) (someone|somebody|a ({Real} )*(person|human|manager|representative)) (please )?(to )?(call|contact|text|phone|ring|reach out to) (me|us)(?! (when|once|if|before|after|as soon))"
        + $@"|(dont|do not) (want|wanna|wish|like) (to )?{Talk} {Machine})\b")]
    private static partial Regex English();

    [GeneratedRegex(
        $@"\b({Hablar} con una persona|{Deseo}( \w+){{0,2}} {Hablar} con {Persona}|^({Polite} )*{Hablar} con {Persona}|(quiero|quisiera|necesito|prefiero|ocupo) (a )?(una persona|un humano|un representante|un agente|un asesor)( (real|humana|del taller))?( (por favor|ya|ahora|aqui))*$"
        + $@"|(pas|comuni|conect|transf|pong)\w* (por favor )?con {Persona}|que (me|nos) (llame|atienda|conteste|ayude|hable|responda|contacte) {Persona}|(hay|tienen) (una persona|alguien|un humano) con (quien|quien yo|que|la que) (pueda|puedo|podria) hablar"
        + $@"|(puede|podria) (llamarme|atenderme|contestarme) {Persona}|{Persona} (me|nos)? ?(puede|podria) (llamar|atender|contestar|hablar)(me|nos)?|no (quiero|deseo) {Hablar} con (un|una|esta|este) (robot|maquina|bot|computadora))\b")]
    private static partial Regex Spanish();
}
