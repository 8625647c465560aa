using System.Text.RegularExpressions;

namespace LeadOrchestrator.Shared.Consent;

/// <content>What else customers of a shop say about their cars, their plans and their families; and who is none of ours.</content>
public static partial class OptOutWords
{
    // After "not interested in this": what they want in its place.
    private const string Rather =
        "(only|instead|rather|(just|but) (?!(stop|leave|remove|dont|do not|quit|take|delete|lose|unsub|thank|thanks|thx|please|appreciate|no)\\w*)\\w+|now (the|a|an|my|for|im|i|its|it)|what about|how about|how much|more interested|looking for|do you (have|do|carry|offer|sell|install|use)|can you (do|just do|use|install)|i want|i need|id like)";

    // Next things that are done about an appointment.
    private const string Plan =
        "(mov|rebook|book|resched|sched|make|set|put|change|switch|come|do|pick|get|try|find|redo|start|bring|drop|see|let|call)\\w*";

    private const string Names =
        "(john|johnny|mike|michael|maria|jose|juan|david|james|robert|bob|william|richard|thomas|tom|charles|daniel|dan|matthew|matt|anthony|tony|steven|steve|paul|andrew|joshua|josh|kevin|brian|george|jason|jeff|ryan|jacob|gary"
        + "|eric|jonathan|justin|scott|brandon|ben|sam|greg|alex|patrick|jerry|tyler|aaron|adam|nathan|kyle|jeremy|sean|carlos|luis|jorge|pedro|miguel|antonio|francisco|manuel|ricardo|joe|jim|tim|chris|nick|mary|patricia|jennifer|jen"
        + "|linda|elizabeth|liz|barbara|susan|jessica|jess|sarah|sara|karen|lisa|nancy|betty|sandra|ashley|kimberly|kim|emily|donna|michelle|amanda|melissa|stephanie|rebecca|laura|sharon|cynthia|amy|kathleen|angela|anna|ana|nicole|brenda"
        + "|emma|samantha|katherine|kate|debra|rachel|heather|diane|julie|lauren|kelly|christina|andrea|megan|rosa|carmen|guadalupe|anne|ann)";

    // And nothing else of it: who has to reschedule for it says so.
    private const string When =
        "( (last|this|a|an|in|on|of|two|three|few|couple|recently|yesterday|today|sadly|ago|back|years?|months?|weeks?|days?|night|morning|january|february|march|april|may|june|july|august|september|october|november|december|\\w+day|\\d+))*";

    // What a film stops, or has: heat is no message.
    private const string Stopped =
        "(heat|uv|uva|uvb|ir|infrared|sun|suns|sunlight|sunburn|glare|rays|fading|peeling|bubbl(es|ing)|cracking|yellowing|rust(ing)?|overheating|shattering|scratch(es|ing)|chips|(rock|stone|paint) ?(chips?|damage)|rocks|stones|gravel|swirls?|bird (poop|droppings)"
        + "|break ?ins?|breaking in|thieves|theft|burglars?|smash and grabs?|cops|police|onlookers|nosy \\w+|(road|wind|outside|street|traffic|engine) noise|(people|someone|somebody|anyone|anybody|others|neighbors|kids|strangers|everyone) (from )?(see|look|star|peek|peep|break|steal|watch)\\w*)";

    // Whose number it is not any more, in Spanish.
    private const string NotTheirs =
        "(numero|telefono|celular) ya no (es|le pertenece|pertenece|corresponde)|ya no tienen? (este|ese) (numero|telefono|celular)|ya no es (mi|su|el) (numero|telefono|celular)|no conozco a (esa|esta|ese|este|ninguna|ningun)( \\w+)?";

    [GeneratedRegex(
        // The usual grammar of half the customers: "my AC stop working".
        $@"\b(stop(ping)? ((the|my|all|any|most|more|some|of|that|this|direct|so|much|as|enough|too|every|bad|harmful|those|these|nosy|other|\d+) )*{Stopped}\b{OfAnyMessages}"
        // "Does tint stop …", and not "does it stop now" of these texts.
        + $@"|(tints?|tinting|films?|ceramic|ppf|coatings?|wraps?|shades?|glass) ((actually|really|also|still|even|help) )?stop(?<=\b(do|does|did|will|would|can|could|should) ((the|a|an|your|any|my|this|that|clear|window|ceramic|carbon|dark|darker|nano|regular) )*\w+ ((actually|really|also|still|even|help) )?stop)(?= \w)(?! (please|pls|plz|now|already|me|us|it|this|that)\b){OfAnyMessages}"
        + $@"|how (much|many|well)( of)?( the)?( \w+)? ({Stopped}|noise|light)( \w+){{1,4}} stop\b{OfAnyMessages}|(do|did) (you|u|yall|you guys|they) (usually |normally |all )?stop at (\d+|noon|one|two|three|four|five|six|seven|lunch|night)\b|where (do|can|should|would) i stop( by| in| at)?$"
        + @"|stop (work|works|working|running(?! (your|these|ads|my))|driving(?! (me|us)\b)|charging(?! (me |us )?(for|per) (\w+ )?(text|messag|sms))|cooling|blowing(?! (up|my))|turning|functioning|heating|spinning|moving|starting|opening|closing|rolling|rotating|latching|locking|unlocking|accelerating|braking|halfway|half way|midway|suddenly|randomly|intermittently|leaking|making (a |that |this |the |any )?(\w+ )?(noise|sound|squeak|squeal|rattle)|playing(?! (with|on|games|around))|going (up|down|off|on|all|in|out)|taking|accepting|serving|faster|better|quicker|smoother|or (keep|continue|go)|payments?|for (lunch|gas|coffee|food|dinner)|using (the|my) (ac|a c|car|truck|van|wipers?|heater|window|sunroof|brakes?|door|radio|remote))\b"
        + @"|(ac|a c|air|engine|motor|wipers?|radio|heater|fan|starter|sunroof|blower|battery|compressor|remote|windows?|doors?|lights?|camera|screen|stereo|speakers?|car|truck|van|suv|vehicle|transmission|brakes?|it) (just |suddenly |would |will |to |always |sometimes )?(stop|quit) (at|when|while|after|during|every|mid|between|before|on (the|me)|in (the|traffic)|and (wont|doesnt|dont|not|start|then))\b"
        + @"|(car|truck|van|engine|ac|radio|it) (just|suddenly) stop$|(the|my|this) (leak|noise|squeak|rattle|smell|beeping|alarm|shaking|dripping|buzzing)\w* (ever |finally |just )?stop$"
        + @"|(should|must|shall) (i|we) (just |really )?stop\b" + OfAnyMessages
        + @"|why (does|did|would|do) (it|he|she|they|(the|my)( \w+){1,3}|this \w+) (just |suddenly |always |randomly |keep )?stop\b" + OfAnyMessages
        + @"|stop (it|this|that|them|water|rust|rain|light|heat|leaks?) from (?!(text|txt|messag|msg|contact|send|spam|bother|call))\w+"
        + @"|(mechanic|dealer|dealership|advisor|they|he|she|guy) (told|advised|asked) (me|us|her|him) to stop\b" + OfAnyMessages
        + @"|stop (it|this|that|them) (from )?(getting|becoming|leak|rattl|squeak|rust|crack|spread|fad|peel|bubbl|beep|shak)\w*"
        // Not an end, but another day.
        + @"|cancel (it|this|that)( one)? (and|then|but|so) (then |just |we |i |ill |well |lets |can |could |you |maybe )*" + Plan + @"|cancel (it|this|that)( one)? (i|ill|we|well|id|lets) (will |would |can |could |just )*(take|do|come|book|rather|reschedul|move|get|(want|need) (the|a|an|to (come|book|move)))\w*|cancel (it|this|that)( one)? (for|on) (mon|tue|wed|thu|fri|sat|sun|tomorrow|today|tonight|this|next)\w*"
        + @"|((can|could|may|if) (i|we)( (need|have|had) to)?|(need|have|had|like) to) cancel (it|this|that)\b(?! (text|messag|subscri))|cancel(ling)? (this|these) (appointment|appt|booking|order|reservation|visit|job|time|date|slot|service|quote|estimate)"
        + @"|did (you|u|yall|you guys) (just )?(lose|delete|forget|remove|erase) my (number|name|info|phone)"
        + @"|(not|no longer|isnt|wasnt|arent) interested in (?>(?!(stop|text|messag|contact)\w*)(?!" + Rather + @"\b)\w+ ?){1,6}" + Rather
        + @"|(i|we) (really )?(dont|do not) (really |much )?like (to )?(text|txt|texting|txting|messaging|emailing|email)\b(?! (from|message|messages|me|us|msgs))"
        + @"|(dont|do not) (really )?need (a|the|any|another) (reminder|alert|notification)s?|(dont|do not) need a (text|message|txt) (just )?(call|email|phone|back|when)|no (me|nos) interesan? (el|la|los|las)( \w+){1,3} (solo|solamente|sino|nada mas)"
        + @"|(i|we) (gave|put|typed|entered|sent|left|wrote) (you |u |in |down |them )?(the |a |my )?wrong (number|phone|one|email)|(is|was) (this|it|that) (a |an |real or |legit or |just |some |all )*(scam|spam)\b|((its|is|are|youre) not|isnt) (a )?(scam|spam)\b"
        + @"|(turn(ing)? off|disable|cancel|stop|end|shut off) (the |these |those |all |any |this |that )*(\w+ )?(alert|notification|reminder)s? (light|sound|chime|beep\w*|(on|in|for|of|from) (my|the) (dash\w*|car|truck|van|alarm|screen|display|app|radio|vehicle))"
        + @"|(typed|sent|said|wrote|texted|replied|hit|pressed|put|answered) stop (by|on) (mistake|accident)|(accidentally|mistakenly) (typed|sent|said|wrote|texted|replied|hit|pressed|put) stop|(didnt|did not) mean to (type|say|send|text|put|hit|reply|write|press) stop|(the )?stop was (by |a |an )?(mistake|accident|error)"
        + @"|(escribi|puse|mande|envie|dije) (stop|alto|para|basta|baja) (por error|sin querer|por accidente|por equivocacion)|un stop\b(?! (a|de|con|los|las|ya)\b))")]
    private static partial Regex InnocentOfAShop();

    // For them somebody else speaks, who is as good as they are.
    [GeneratedRegex(
        @"\b([Ii]['’]?m|[Ii] am|[Tt]his is|[Ii]t['’]?s|[Ss]oy) (also )?((?:his|her|their|the|su|la|el) |\p{Lu}\p{Ll}+['’]?s )(wife|husband|spouse|partner|son|daughter|mom|mother|dad|father|brother|sister|boyfriend|girlfriend|fianc[eé]e?|assistant|friend|roommate|boss|driver|secretary|nurse|espos[oa]|mujer|marido|hij[oa]|mam[aá]|pap[aá]|herman[oa]|novi[oa])\b|\b[Nn]ot \p{Lu}\p{Ll}+,? but (I|we|my)\b")]
    private static partial Regex Family();

    // Names by which half the country goes, in small letters as well.
    [GeneratedRegex(
        $"^((sorry|hi|hello|hey|no) )*((im not|i am not|this is not|this isnt|thats not|that is not|its not|not|no soy) {Names}|(this is not|this isnt|thats not|that is not|that isnt|its not|not) me"
        + $"|(there is no|theres no|no) {Names} (here|at this number|lives here)|(he|she|that person|{Names}) (doesnt|does not|no longer) (live|work|stay)s? here)( (sorry|please|here|anymore|man|bro|thanks))*$"
        + $"|^aqui no hay ningun {Names}$|^(perdon )?((se )?equivoc(ad[oa]|o|aron)|(ese |esa )?no soy yo)$")]
    private static partial Regex Named();

    // Whoever we write to is dead. Of a car, or of a father whose truck is for sale, that is said in other words.
    [GeneratedRegex(
        $@"\b(passed (away|on){When}$|^(\w+ ){{0,7}}deceased( (please|thanks|now|sorry))*$|(person|owner|man|woman|guy|gentleman|customer) (is dead|(has )?died){When}$"
        + $@"|^((sorry|hi|hello) )?(he|she|(my|his|her) (husband|wife|son|daughter|mom|mother|dad|father|brother|sister|uncle|aunt|grand\w+)) (is dead|(has )?died){When}$"
        + @"|fallecio|(el|ella|papa|padre|mama|madre|esposo|esposa|hermano|hermana|tio|tia|abuelo|abuela|hijo|hija|persona) (ya )?(murio|ha fallecido|esta muert[oa]))\b")]
    private static partial Regex Gone();
}
