using System.Collections.Frozen;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>The words around numbers, English and Spanish, in small letters.</summary>
internal static class MoneyWords
{
    /// <summary>After or before a number: it is money.</summary>
    public static readonly FrozenSet<string> Currency = Set("""
        dollar dollars dollors buck bucks usd dlls dls dlr dlrs dólar dólares dolar dolares peso pesos euro euros eur gbp cad mxn quid cent cents centavo centavos
        smackers smackeroos greenbacks clams benjamins simoleons pavos lana grand
        """);

    /// <summary>A hundredth of it.</summary>
    public static readonly FrozenSet<string> Cents = Set("cent cents centavo centavos");

    /// <summary>Before a number, with a few words between: it is a price, unless it is counted in something.</summary>
    public static readonly FrozenSet<string> Price = Set("""
        cost costs costing price prices priced pricing pay pays paying paid charge charges charging charged run runs quote quotes quoted total totals totaling fee fees
        starting starts start deal special offer worth spend budget save saving saves deposit rate rates tax ask asking bill billed invoice owe owes sell sells value sum amount
        only just merely comes come equals around about under over below roughly approximately
        precio precios cuesta cuestan costo costos costaría vale valen cobra cobramos cobran cobro desde total pagar paga pagas pague tarifa oferta sale salen depósito solo sólo
        apenas nomás aproximadamente monto from for at
        """);

    /// <summary>Of <see cref="Price"/>: words that say as often where or when; alone they make no price of a small number.</summary>
    public static readonly FrozenSet<string> Weak = Set("""
        from for at run runs start starts starting come comes only just merely around about under over below roughly approximately solo sólo desde sale salen ask asking save saves saving
        apenas nomás aproximadamente special offer sum value over
        """);

    /// <summary>Words between a price word and its number.</summary>
    public static readonly FrozenSet<string> Fillers = Set("""
        is are was be it its it's that's that you your the a an of to at for just only about around roughly approximately exactly like us me mere cool flat even now today would will
        i'd say around under over up as low in you'd you'll es son de a por unos unas el la los las cerca más o menos como sería que
        """);

    /// <summary>Right after a number: it is the number's price.</summary>
    public static readonly FrozenSet<string> After = Set("""
        each ea total flat apiece altogether plus cash even cada más even-steven
        """);

    /// <summary>Work that a shop does: "the wash is 25".</summary>
    public static readonly FrozenSet<string> Jobs = Set("""
        wash detail detailing cleaning polish polishing wax removal repair service package job labor strip stripe installation install inspection correction coating wrap lavado limpieza pulido servicio
        paquete instalación reparación
        """);

    /// <summary>Where a number is rather a rule or a mark than a price.</summary>
    public static readonly FrozenSet<string> Rules = Set("legal limit law minimum maximum rating score average capacity límite ley mínimo máximo");

    /// <summary>Words between a service's name and its own price.</summary>
    public static readonly FrozenSet<string> BesideService = Set("""
        is are costs cost runs comes to at for of be will would price priced listed just only exactly total it it's that's you get our your the a an this pay charge we in on today here now car vehicle right service package
        cuesta vale es son sale en por de precio el la su tu le queda para solo sólo tiene un una carro auto
        """);

    /// <summary>Words after which an amount is another one than the named service's.</summary>
    public static readonly FrozenSet<string> Comparisons = Set("""
        from than more less extra another additional plus up between starting starts start instead add adds added difference versus vs without save saves range minimum under over below above off both other either
        desde más menos entre además adicional diferencia sin otro otra hasta ambos
        """);

    /// <summary>Before a service's name: the amount may be of more than it.</summary>
    public static readonly FrozenSet<string> Together = Set("and with including includes not con incluye incluyendo y no");

    /// <summary>What is counted: a number before one of these is no money.</summary>
    public static readonly FrozenSet<string> Units = Set("""
        day days night nights hour hours hr hrs minute minutes min mins second seconds sec secs week weeks weekend weekends month months year years yr yrs decade decades o'clock
        percent pct vlt uv uva uvb ir hp horsepower mph rpm mile miles mi km kms kilometer kilometers mm cm nm mil mils micron microns inch inches ft feet foot degree degrees
        window windows door doors car cars vehicle vehicles truck trucks suv suvs customer customers client clients review reviews star stars layer layers coat coats ply people person
        persons technician technicians tech techs installer installers time times option options service services kind kinds type types bay bays location locations shop shops spot spots
        shade shades thing things step steps seat seats seater wheel wheels cylinder cylinders liter liters litre point points piece pieces panel panels side sides question questions
        message messages digit digits business-day way ways way's row rows level levels line lines film films brand brands color colors package packages tier tiers different other more
        others mornings morning afternoons afternoon evening evenings slot slots appointment appointments photo photos picture pictures word words reason reasons part parts roll rolls sheet
        sheets strip strips windshield windshields generation gen series spf watt watts volt volts gb mb character characters lb lbs pounds pound kg oz ounce ounces gallon gallons stage
        stages phase phases size sizes choice choices example examples item items mistake mistakes warranty owner owners trips trip visit visits note notes tint tints quarter quarters
        half halves third thirds fourths thousandths blocks block exits exit minute's hour's day's year's weeks' days' hours' minutes' years' wheeler wheelers passenger passengers
        día días dia dias noche noches hora horas minuto minutos segundo segundos semana semanas mes meses año años ventana ventanas puerta puertas carro carros auto autos coche coches
        vehículo vehículos vehiculo vehiculos camioneta camionetas cliente clientes reseña reseñas estrella estrellas capa capas persona personas técnico técnicos vez veces opción opciones
        servicio servicios tipo tipos lugar lugares tono tonos cosa cosas paso pasos asiento asientos milla millas grado grados pulgada pulgadas pieza piezas lado lados pregunta preguntas
        nivel niveles caballos cita citas horario horarios laborables hábiles hectáreas cilindros vidrio vidrios cristal cristales parabrisas mañana tarde opciones foto fotos
        """);

    /// <summary>Of <see cref="Units"/>: what a car has few of, and the car itself, of which there is one.</summary>
    public static readonly FrozenSet<string> CarParts = Set("""
        window windows door doors car vehicle truck suv windshield windshields glass sunroof seat seats wheel wheels panel panels
        ventana ventanas puerta puertas carro auto coche vehículo vehiculo camioneta parabrisas vidrio vidrios cristal cristales
        """);

    /// <summary>Of <see cref="Units"/>: what is named by its price, or is added to one.</summary>
    public static readonly FrozenSet<string> Sold = Set("package option service parts more other type kind paquete opción servicio tipo");

    /// <summary>Coins and notes as they stand behind a number; nothing else is meant by them.</summary>
    public static readonly FrozenSet<string> Notes = Set("dollar dollars bucks dólar dólares dolar dolares pesos euros");

    /// <summary>Right before one of <see cref="Notes"/>: it is money in general.</summary>
    public static readonly FrozenSet<string> BeforeNotes = Set("""
        a an u.s us american canadian in the no not every per your my our their top big more extra real that this these those many enough with
        en el los las la un tu su sus por más spend spending pay paying save saving earn cost
        """);

    /// <summary>Right behind one of them: the same.</summary>
    public static readonly FrozenSet<string> BehindNotes = Set("amount amounts sign signs figure figures value store stores tree general bill bills");

    /// <summary>May stand between a number and what it counts.</summary>
    public static readonly FrozenSet<string> Adjectives = Set("""
        business working full whole short long rear front back side small large big great good happy available main quick new simple easy additional extra free separate straight
        calendar consecutive solid good main common popular basic most of the our those these your happy satisfied online google verified trained certified full-time total metric
        square cubic nautical light dark darker lighter little easy short or so weekend local nearby similar distinct google's star door
        primeros últimos buenas buenos principales diferentes días otros otras de
        """);

    /// <summary>Right before a number: it is a name.</summary>
    public static readonly FrozenSet<string> Names = Set("""
        model series class step option number no nr # level phase stage suite ste unit apt room bay floor exit highway hwy route rt interstate i road section article page chapter
        code reason tip point word words token tokens tok chunk sentence paragraph frame event figure table sample
        silverado sierra ram porsche mazda fiat peugeot chrysler ferrari audi bmw lexus infiniti polestar saab volvo toyota genesis version ver gen generation grade type size tesla
        paso opción número modelo serie clase nivel calle avenida suite piso local top vlt shade tint's
        """);

    /// <summary>The months, and what people make of them.</summary>
    public static readonly FrozenSet<string> Months = Set("""
        january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
        enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre ene abr ago dic
        """);

    /// <summary>The percentages of light that films are sold by.</summary>
    public static readonly FrozenSet<int> Shades = new[] { 5, 15, 18, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90 }.ToFrozenSet();

    /// <summary>Words of the darkness of glass.</summary>
    public static readonly FrozenSet<string> ShadeWords = Set("shade shades vlt darkness percent dark darker darkest lighter limo transmission tono tonos oscuro oscura claro %");

    /// <summary>A share of a price, before or after the percentage.</summary>
    public static readonly FrozenSet<string> Shares = Set("""
        off discount discounts discounted less cheaper rebate cashback savings saving save saves deposit down tax taxes surcharge fee markdown reduction reduced knock sale commission interest apr coupon promo cashback
        descuento descuentos rebaja rebajas rebajado ahorro ahorra ahorras ahorre menos barato barata anticipo depósito impuesto impuestos recargo
        """);

    /// <summary>Of <see cref="Shares"/>: there may be less of anything.</summary>
    public static readonly FrozenSet<string> LessOfAnything = Set("less reduction reduced save saves saving savings down menos ahorro ahorra ahorras ahorre");

    /// <summary>Who gets a share off, and for paying how.</summary>
    public static readonly FrozenSet<string> Payers = Set("veteran veterans military senior seniors student students teacher teachers responder responders cash card cards veteranos militares estudiantes efectivo tarjeta tarjetas");

    /// <summary>What is priced by the piece.</summary>
    public static readonly FrozenSet<string> Rated = Set("window door side piece panel glass pane ventana puerta lado pieza vidrio vidrios cristal");

    /// <summary>Right before a number: it is about so much.</summary>
    public static readonly FrozenSet<string> Roughly = Set("about around like only just roughly approximately maybe unos unas como solo sólo casi de");

    /// <summary>What film lessens.</summary>
    public static readonly FrozenSet<string> Heat = Set("heat solar glare uv uva uvb ir infrared rays light energy fading fade fuel gas sun calor rayos luz energía deslumbramiento gasolina");

    /// <summary>Where glass is, and how it looks.</summary>
    public static readonly FrozenSet<string> Glass = Set("front back rear side sides around windows window glass windshield looks look popular visibility limo adelante atrás lados ventanas vidrios cristales parabrisas");

    /// <summary>Of <see cref="Glass"/>: the parts of a car that get a shade each.</summary>
    public static readonly FrozenSet<string> Where = Set("front back rear sides around");

    /// <summary>Who builds cars.</summary>
    public static readonly FrozenSet<string> Makers = Set("""
        acura alfa audi benz bmw buick cadillac chevrolet chevy chrysler dodge ford genesis gmc honda hyundai infiniti jaguar jeep kia lexus lincoln lucid maserati mazda mercedes mitsubishi nissan polestar
        porsche ram rivian rover subaru suzuki tesla toyota volkswagen volvo vw
        """);

    /// <summary>How dark glass may be.</summary>
    public static readonly FrozenSet<string> LegalLimits = Set("legal legally limit law límite ley legales");

    private static FrozenSet<string> Set(string words) => words.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet();
}
