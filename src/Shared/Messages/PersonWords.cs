using System.Text.RegularExpressions;
using LeadOrchestrator.Shared.Consent;

namespace LeadOrchestrator.Shared.Messages;

/// <summary>Reads whether somebody asks for a person of the shop, in plain words, in English and Spanish. What is put otherwise is left to the model.</summary>
/// <remarks>
/// Read before any model is asked, so that neither an outage, a budget that is used up nor a model that does not listen keeps a customer from a person. A question that merely
/// names one ("is there a person who can do it on Friday?", "are you a person?") is none, and neither is talk of somebody elsewhere ("someone at my insurance company").
/// </remarks>
public static partial class PersonWords
{
    /// <summary>Do the words ask for a person?</summary>
    public static bool AskForOne(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var all = PlainWords.Of(text);
        var words = PlainWords.Of(Innocent().Replace(all, " "));
        return Bare().IsMatch(all) || Solo().IsMatch(all) || English().IsMatch(words) || Spanish().IsMatch(words) || ((CallMe().IsMatch(words) || Llamenme().IsMatch(words)) && !Someday().IsMatch(words));
    }

    private const string Polite = "(please|pls|plz|just|ok|okay|hey|hi|hello|no|yes|por favor|hola)";

    private const string Real = "(real|live|actual|human|living)";

    // A person and nothing else; the others may be somebody of the customer's own.
    private const string Being = "(person|human|human being|representative|rep|agent|operator|sales ?(person|rep|man|woman)|(staff|team) member|specialist)";
    private const string Person = $"((a|an|the|some|any|your|another) )?({Real} )*({Being}|customer (service|support|care)( {Being})?|human (help|support|assistance))";
    private const string InCharge = "(a|an|the|your) (manager|owner|boss|supervisor|technician|tech|employee|advisor|installer)";
    private const string Somebody = $"({Person}|someone|somebody|anyone|anybody|{InCharge}|a member of (the |your )?staff|(the |your )?sales( (team|department|dept|desk))?|the shop|your (team|staff|shop|office|store|guys)|one of (your|the) (guys|people|staff)|an? (expert|associate|consultant))";
    private const string Caller = $"(someone|somebody|a ({Real} )*(person|human|representative)|{InCharge})";
    private const string NotThen = "(?! (when|once|if|before|after|as soon))";
    private const string Talk = "(talk|speak|chat|talking|speaking|chatting) (to|with|w|2)";

    // Of these the customer's own boss or landlord may be the one: "I have to talk to the owner first".
    private const string Must = "(have to|must|got to|gotta|insist on)";
    private const string Wish = "(want|need|like|wanna|prefer|love|can i|could i|may i|can we|could we|let me|let us|how do i|how can i|possible|rather|trying|ask|asking)";
    private const string Machine = "((a|an|the|this|your) )?(bot|robot|machine|computer|ai|chatbot|chat bot|assistant)";
    private const string Now = "(?>( (please|pls|now|here|on here|in here|in this chat|on this chat|on chat|instead|asap|right now|on the phone|to (talk|speak|answer|help|call|reply|respond)( \\w+)*))*)";

    // Behind "someone at" or "the owner of": the shop itself, a time or a way; what else stands there is somewhere else.
    private const string Theirs = "my|his|her|their|our|another|insurance|dealership|dealer|bank|about|before|first|for|to|and|who";
    private const string Ours = @$"(your|you|yall|here|there|this|noon|night|once|all|least|customer|the (moment|same time)|\d\w*|((?!({Theirs})\b)\w+ ){{0,2}}(shop|store|place|location|office|company|business|team|staff|desk|counter|support|sales|management|corporate|garage|tint|tinting))\b";
    private const string Elsewhere = $"(((over |down |back )?(at|from) (?!{Ours}))|((of|with|in) (?!{Ours})(the|my|his|her|their|our|that) ))";

    private const string Persona = "(una persona( (real|humana|del taller))?|(la|una) persona (encargada|responsable|a cargo)|un (humano|ser humano|representante|agente|operador|asesor|empleado|tecnico|vendedor)( humano)?|una (asesora|operadora|vendedora)|alguien|(el|la|un|una|su) (encargad[oa]|gerente|duen[oa]|jefe|jefa))";
    private const string Alguno = "(persona( (real|humana))?|humano|ser humano|representante|agente|operadora?|asesora?|gerente|encargad[oa]|supervisora?)";
    private const string Deseo = "(quiero|qiero|kiero|quisiera|necesito|gustaria|puedo|podria|podemos|deseo|prefiero|dejeme|dejame|ocupo|como|quien|pueden?|podrian)";
    private const string Hablar = "(h?ablar|hablo|comunicarme|comunicar|platicar|conversar|chatear|contactar|contactarme)";
    private const string Nuestro = "((la|el|las|los|su|sus|este|esta|ese|esa) )?(tienda|taller|negocio|local|lugar|sitio|oficina|equipo|departamento|empresa|compania|sucursal|personal|servicio|ventas|citas|turno)|atencion|ahi|alli|alla|aca|aqui|ustedes|uds|usted|verdad|carne y hueso|confianza|persona|espanol|ingles|inmediato|nuevo|una vez|urgencia|vivo|linea|este momento|polarizado";
    private const string Ahora = "(?>( (por favor|ya|ahora|aqui|hoy|gracias))*)";

    // What was, what need not be, who is somewhere else, and what one asks about ourselves.
    [GeneratedRegex(
        $@"\b((dont|do not|didnt|did not|no need|not|never|wont|without|rather not|hate|dont have|(?<!(how|who) )(do|did|does|will|would|must|should) (i|we|you|he|she|they) (have to |need to )?)( (want|need|have|like|going|wish))?( to)? ?{Talk}(?! {Machine})"
        + $@"|(dont|do not|didnt|did not|never|no need for|without) ((really|actually) )?((want|need|like) )?(a (phone )?call ?(back)?|{Caller} to (call|phone|ring|contact|reach)|(a|an|the|your|any) ({Real} )*({Being}|manager|supervisor))"
        + $@"|(dont|do not|never) (have|let|get|make) ({Caller}|anyone|anybody) (to )?(call|contact|text|phone|ring|reach out to) (me|us)"
        + $@"|(am|was|were|are|is) (i|you|we|he|she|they|this|it) (still |really |now |just )?({Talk} )?{Somebody}"
        + $@"|{Talk} {Somebody} {Elsewhere}"
        + $@"|my \w+( \w+)? (said|says|told me|tells me|wants me|asked me)( that)?( (i|we))?( (need|have|should|must|want|got|needed|had))?( to)? {Talk} {Somebody}(?! (at|from) {Ours})"
        + $@"|no (quiero|quisiera|necesito|hace falta|tengo que|deseo) {Hablar} con(?! (un|una|esta|este) (robot|maquina|bot|computadora))"
        + $@"|(tengo|tenemos|hay) que {Hablar} con ({Persona}|{Alguno}) para|{Hablar} con ({Persona}|{Alguno}) (del?|en) (?!({Nuestro})\b))\b")]
    private static partial Regex Innocent();

    [GeneratedRegex(
        $@"^({Polite} )*({Person}|(the |your |a )?(manager|supervisor)|(the |your )?owner (please|pls)|transfer me|put me through|escalate( (this|it|me))?|(someone|somebody) real|humans? only|no (more )?(bots?|robots?|machines?)|(?<!no )(a )?(phone call|call ?back))( (please|pls|now|asap|here|thanks|thank you|por favor))*$"
        + $@"|^({Polite} )*(is there|are there|any) ((a|an|any) )?({Real} )*(humans?|people|persons?)( (here|there|around|available|on here))*$"
        + $@"|^({Polite} )*is (there )?(anyone|anybody|someone|somebody)( (here|there|around|on here))+$")]
    private static partial Regex Bare();

    [GeneratedRegex($@"^({Polite} )*(con )?({Persona}|{Alguno}|(el )?servicio al cliente|atencion al cliente|{Alguno} humano|una llamada|transfi[ae]ran?me|con quien (puedo hablar|hablo)|alguien que me (llame|atienda|conteste|ayude)){Ahora}$")]
    private static partial Regex Solo();

    [GeneratedRegex(
        $@"\b((talk|speak|chat) (to|with) {Person}|{Wish}( \w+)? (to )?{Talk} {Somebody}|^({Polite} )*{Talk} {Somebody}|{Must} {Talk} ({Person}|someone|somebody|(a|your) (manager|supervisor|owner|technician))(?! (first|before|about it first)\b)"
        + $@"|{Wish}( i| to)? (please )?(reach|get|get a ?hold of|get in touch with|get through to) (someone|somebody|(a|an|any|some) ({Real} )*{Being}){Now}$|(want|need|like) (the|your|a) (manager|supervisor){Now}$|(want|need|get me|give me) (customer (service|support|care)|someone real){Now}$|^({Polite} )*get me (someone|somebody){Now}$"
        + $@"|put ((a|an|some) ({Real} )*{Being}|someone|somebody|{InCharge}) on( the (phone|line))?( (please|now))*$|escalate (me |this |it |us )?to {Somebody}|{Wish}( \w+)? (to )?(talk|speak|chat) ((to|with) (you|yall) )?(on|over|by) (the )?phone( (please|instead))*$|(dont|do not) (want|need|like) ((a|an|your|this|no|to use a) )?(bots?|robots?|machines?|computers?|chat ?bots?|ai)( (please|pls|thanks))*$"
        + $@"|(want|need|like|prefer|get me|gimme|give me|send me|fetch me|bring me|have me|(can|could|may) (i|we) (please )?(get|have)) (to have )?(a|an|the|some) ({Real} )*{Being}{Now}$"
        + $@"|(get me|gimme|give me|send me|fetch me|bring me) (a|the|your) (manager|owner|boss|supervisor){Now}$|(?<!(dont|not|no) )(want|need|get|like|prefer) (some )?human (help|support|assistance|contact)"
        + $@"|(connect|transfer|put|hand|switch|pass|patch|forward) (me|us) (over |off |through |on |up )?(to|with) {Somebody}|(is there|are there|do you( guys)? have) {Somebody} (here |there |available )?(that |who |whom )?(i|we) (can|could|may) (talk|speak|chat)"
        + $@"|who (can|could|may|do|should|would) (i|we) (talk|speak|chat) (to|with)(?=$| (about|regarding|please|here|there|now|in person)\b)"
        + $@"|(can|could|will|would) (a|an|any) ({Real} )*{Being} (please )?(help|assist|answer|reply|respond|talk to|speak to|talk with|speak with)( (me|us))?{Now}$"
        + $@"|(can|could|would|will|please have|have|let|get) {Caller} (please )?(to )?(call|contact|text|phone|ring|reach out to|give) (me|us)( a (phone )?(call|ring))?(?<!\bgive (me|us)){NotThen}"
        + $@"|(want|need|like|prefer|wish for) {Caller} to (please )?(call|phone|ring|contact|reach out to) (me|us){NotThen}"
        + @"|(like|want|need|requesting|request|(can|could|may) (i|we) (please )?(get|have)) a (phone )?call ?(back)?( (please|pls|now|asap|today|tomorrow|soon|instead))*$"
        + $@"|(can|could|would|will) you (please )?(transfer|connect) (me|us){Now}$|(put|get) (me|us) on the (phone|line) with {Somebody}|{Wish}( to)? be (contacted|called|helped) by ({Person}|someone|somebody){Now}$|(can|could|would|will) you (please )?have {Caller} (call|reach out|get in touch|contact (me|us)){Now}$|(?<!(dont|not|no) )(want|need|get|like) (some )?help from {Person}{Now}$"
        + $@"|(dont|do not) (want|wanna|wish|like) (to )?{Talk} {Machine})\b")]
    private static partial Regex English();

    [GeneratedRegex(
        $@"\b({Hablar} con una persona|{Deseo}( \w+){{0,2}} {Hablar} (con|a) ({Persona}|{Alguno})|^({Polite} )*{Hablar} con ({Persona}|{Alguno})|{Deseo}( \w+)? {Hablar} (con (ustedes|uds|el taller|la tienda|el negocio|el tecnico|servicio al cliente)( por telefono)?{Ahora}$|por telefono)|(?<!no )(quiero|quisiera|necesito|prefiero|ocupo|gustaria) una llamada( telefonica)?{Ahora}$|(quiero|necesito) servicio al cliente{Ahora}$|no (quiero|deseo) ((un|una|ningun) )?(robot|maquina|bot|computadora){Ahora}$|(quiero|quisiera|necesito|prefiero|ocupo) (a )?(una persona|un humano|un representante|un agente|un asesor)( (humano|real|humana|del taller))?( (por favor|ya|ahora|aqui))*$"
        + $@"|(pas|comuni|conect|transf|pong)\w* (por favor )?con {Persona}|(pas|comuni|conect|transf)\w*(me|nos) (por favor )?(a )?{Persona}|que (me|nos) (llame|atienda|conteste|ayude|hable|responda|contacte) {Persona}|(hay|tienen) (una persona|alguien|un humano) con (quien|quien yo|que|la que) (pueda|puedo|podria) hablar"
        + $@"|(quiero|quisiera|necesito|prefiero|ocupo|gustaria|pido) que {Persona} (me|nos) (llame|atienda|conteste|hable|responda|contacte)(?! (cuando|si|antes|despues|en cuanto))"
        + $@"|(hay|tienen|habra) (alguna persona|una persona|algun humano|un humano|alguien) que (me|nos) (atienda|conteste|responda|llame|pueda (atender|contestar|responder|llamar)){Ahora}$"
        + $@"|(me|nos) (puede|podria|pueden) (llamar|atender|contestar|responder) {Persona}{Ahora}$"
        + $@"|(puede|podria) (llamarme|atenderme|contestarme) {Persona}|{Persona} (me|nos)? ?(puede|podria) (llamar|atender|contestar|hablar)(me|nos)?|no (quiero|deseo) {Hablar} con (un|una|esta|este) (robot|maquina|bot|computadora))\b")]
    private static partial Regex Spanish();

    // Only a person calls. "Call me Bob" is a name.
    [GeneratedRegex(
        $@"(^({Polite} )*|\b(please|pls|plz|(can|could|would|will) (you|u|yall|you guys)( please| just)?) )((call|phone|ring) (me|us)|give (me|us) a (call|ring|phone call|callback))(?>( (please|pls|plz|back|now|asap|today|tomorrow|thanks|thank you|right away|right now|instead|(at|on) (this|my) (number|phone)|(at|on|around)( \d[a-z\d]*)+))*)$"
        + $@"|\b(stop|quit) \w+ing( \w+){{0,3}} and (please |just )*(call (me|us)|give (me|us) a (call|ring))( (please|now|instead))*$|\b((dont|do not|never|stop|quit|no|no more) (text|texts|texting|txt|txts|message|messages|messaging|msgs?|email|emails|emailing|contact|send)|unsubscribe)( (me|us|please|pls|thanks|just|only|but|instead|so|then|you can|texts|messages|emails))* (call (me|us)|give (me|us) a (call|ring))( (please|now|instead))*$|\bcall (me|us) instead( (please|now))*$")]
    private static partial Regex CallMe();

    [GeneratedRegex(
        $@"(^(si )?({Polite} )*|\b(por favor|favor de) )(llam(arme|arnos|[ea]n?me|[ea]n?nos)|marqu?[ea]n?me|marcarme){Ahora}$|^({Polite} )*me (llaman|llama|marcan)( (por favor|ya))+$|\b(pueden?|podrian?|puedes) llamar(me|nos){Ahora}$|\b(me|nos) (pueden?|podrian?|puedes) llamar{Ahora}$|\b(quiero|quisiera|necesito|prefiero|ocupo) que (me|nos) llamen{Ahora}$")]
    private static partial Regex Llamenme();

    // What is asked for then, and not now.
    [GeneratedRegex(@"\b(when|once|if|after|before|until|unless|as soon|in case|ready|done|finished|cuando|si(?! (llam|por favor|pued|podr|me))|en cuanto|antes|despues|list[oa])\b")]
    private static partial Regex Someday();
}
