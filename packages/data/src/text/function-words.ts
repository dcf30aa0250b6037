/**
 * Function words by language: articles, prepositions, pronouns, conjunctions, auxiliaries, and what is as common and says as little.
 * They tell languages apart, and are left out where a text's subject is looked for. Negations are not among them.
 */

/** Languages that are told apart by their words. */
const FUNCTION_WORDS = {
  en: `a about above after again all also am an and any are as at be because been before being below between both but by can could
did do does doing down during each else even ever every few for from further get gets getting got had has have having he her
here hers him his how however i i'd i'll i'm i've if in into is it it's its itself just let like make makes many may me might
mine more most much must my myself of off on once one only or other our ours out over own per please quite rather really same
shall she should since so some such than that that's the their theirs them then there there's these they this those though
through thus till to too under until up upon us use used using very via was we well were what whatever when where whether which
while who whose why will with within would yes yet you you're your yours`,
  es: `a al algo algunos ante antes aquel aquella así aún aunque cada casi como cómo con contra cual cuando cuándo de del desde donde
dos el él ella ellas ellos en entre era eran es esa esas ese eso esos esta está están estaba este esto estos estoy fue fueron ha
había hace hacer hacia han has hasta hay he la las le les lo los más me mi mientras mis mucho muchos muy nos nosotros nuestra
nuestro o os otra otro para pero poco por porque puede pueden pues que qué quien quién se sea según ser si sí sido siempre sin
sobre solo sólo son soy su sus también tan tanto te tenía tener tengo tiene tienen todo toda todos todas tras tu tus un una unas
uno unos usted ustedes ya y yo`,
  fr: `à ai aie ainsi alors après au aucun aussi autre autres aux avait avant avec avez avoir c c'est ça car ce cela ces cet cette ceux
chaque chez comme d dans de depuis des deux dont du elle elles en encore entre es est et étaient était été être eu eux fait faire
faut fois font il ils j j'ai je jusqu l la le les leur leurs lors lui ma mais me même mes moi moins mon n'est notre nos nous on ont
ou où par parce pas peu peut plus pour pourquoi qu quand que quel quelle qui quoi s sa sans se sera ses si son sont sous suis sur
ta te tes toi ton tous tout toute toutes très trop tu un une vers vos votre vous y`,
  de: `ab aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bin bis bist da dabei dadurch damit dann
das dass daß dazu dein dem den denn der des deshalb die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem
einen einer eines er es etwas euch für ganz gegen gewesen habe haben hat hatte hatten hier hin ich ihm ihn ihnen ihr ihre im in
ins ist ja jede jeder jedes jetzt kann kein können könnte leider mal man mehr mein meine meinem mich mir mit muss nach noch nun nur
ob oder ohne schon sehr seid sein seine seit sich sie sind so sogar soll sondern sonst über um und uns unser unter viel vom von vor
war waren warum was weil wenn werden wie wieder will wir wird wo wurde wurden zu zum zur zwar zwischen`,
  pt: `à ao aos as às até ainda antes aquele aquela assim através cada com como da das de dela dele deles depois do dos e é ela elas
ele eles em entre era eram essa essas esse esses esta está estão estava estas este estes estou eu foi foram há isso isto já lhe lo
mais mas me mesmo meu meus minha minhas muito muita muitos na nas nem no nos nós nossa nosso o os ou para pela pelas pelo pelos
pois por porque pra quando que quem se seja sem sempre ser seu seus só sob sobre somos sou sua suas também tão te tem têm tenho ter
teve tinha toda todas todo todos tudo tu um uma umas uns você vocês`,
  it: `a abbiamo ad agli ai al alla alle allo anche ancora avere aveva c'è che chi ci come con cosa così da dagli dai dal dalla dalle
degli dei del dell della delle dello di dopo dove due e è ed era erano essere fa fatto fino fra gli ha hai hanno ho i il in io l la
le lei li lo loro lui ma me mi mia mie mio molto molta ne negli nei nel nella nelle nello noi nostra nostro o ogni per perché però
più poco poi quale quando quanto quella quelle quello questa queste questi questo qui quindi sarà se sei sempre senza si sia siamo
sono sta stata stato su sua sue sui sul sulla suo tra troppo tu tua tutti tutto un una uno vi voi`,
  nl: `aan al alle alleen als altijd ben bij daar dan dat de der deze die dit doen door dus een eens en er ga gaan geen geweest had hadden
heb hebben heeft hem het hier hij hoe hun ik in is ja je jij jullie kan kon kunnen maar me meer met mij mijn moet na naar nog nu of
om omdat ons onze ook op over te toch toen tot u uit uw van veel voor waar want waren was wat we weer wel werd wie wij wil worden
wordt zal ze zeer zelf zich zij zijn zo zou`,
  sv: `alla allt än är att av blev bli då de dem den denna deras dess det detta dig din du efter ej eller en ett finns för från går ha
hade han har hon honom hur i inom jag kan kunde man med mellan men mer mig min mot mycket någon något nu när och också om oss på
sedan sig sin sina som så till under upp ur ut vad var vara vem vi vid vilken är även`,
  pl: `a aby ale bardzo bez bo bym być był była było były co czy da dla do gdy gdzie go i ich ile im ja jak jako je jego jej jest jestem
jeszcze już kiedy kto która które który którzy ma mam mi mnie może można mój na nad nam nas niż o od on ona one oni oraz po pod
poza przed przez przy są się sobie ta tak także tam te tego tej ten to tu tylko tym u w wam was we wszystko z za ze że żeby`,
  tr: `acaba ama ancak artık aslında az bana bazı belki ben beni benim bile bir biraz birçok biz bize bu buna bunu bunun burada çok
çünkü da daha de defa diye en gibi göre hala hem hep her için ile ise işte kadar kendi ki kim mi mı mu mü nasıl ne neden o olan
olarak oldu olduğu on ona onlar onu onun orada sanki şey şu siz sonra tüm ve veya ya yani`,
  id: `ada adalah agar aja akan aku anda apa atau bagi bahwa banyak beberapa bisa buat dalam dan dapat dari deh dengan di dia dong
gue hanya harus ini itu jadi jika juga kalau kalo kami kan karena ke kepada kita kok lagi lah lebih lalu maka masih mau mereka nya
oleh pada paling para saat saja sampai sangat saya sebagai sebuah sekali sekarang semua seperti serta setelah sih sudah supaya
tapi telah tetapi untuk udah yang ya yg`,
  vi: `ai anh bạn bị bởi các cái cho chỉ chị có còn cũng của cứ đã đang đây để đến đi được em gì giờ hay hơn khi là lại lên mà mình mỗi
một này nên nếu người như những nó nữa ở ra rất rồi sau sẽ tại thì thế tôi trên trong từ và vào vẫn với vì về`,
  'hi-Latn': `aap aapka aapke aapko aapne aur bahut bhi bhai chahiye diya do gaya gayi ha haan hai hain har hi ho hoga hota hoti hu hua
hui hum hun iska iske isko isme ismein jab jo ka kab kaise kar karke karna karne karo karta karte ke ki kiya kiye ko koi kr krna
krne kuch kya kyon kyu lekin liye magar main mai maine me mein mera mere meri mujhe ne par pe phir raha rahe rahi rha rhe rhi sab sabse se
tha the thi to toh tum unka uska uske usko wala wale wali wo woh ya yah yaha ye yeh`,
  ru: `а без более больше бы был была были было быть в вам вас весь во вот все всего всё всех вы где да даже для до его ее её если есть
еще ещё же за и из или им их к как какой когда кто ли лишь меня мне мной мой моя мы на над нам нас него нее неё ней нем но ну о об
она они оно он от очень по под после потом потому при про раз с сам себе себя сейчас со так также такой там тебя тем то того тоже
той только том тот ту ты у уже хотя чего чем что чтобы эта эти это этого этой этом этот я`,
  ar: `ال من في على إلى الى عن مع هذا هذه ذلك تلك التي الذي الذين ما ماذا هل أن ان إن أنا انا نحن هو هي هم أنت انت كان كانت يكون تكون قد لقد
كل بعض أي اي و أو او ثم لكن بل حتى إذا اذا لو كما مثل بين عند عندما بعد قبل فقط أيضا ايضا جدا جداً منذ حيث لأن لان به بها له لها فيه
فيها منه منها عليه عليها يا كيف متى أين وهو وهي ولا وما هنا هناك شيء يعني اللي`,
  ja: `は が を に で と も の へ や か ね よ な だ です ます でし まし た て し い する した して します しました いる います ある あります あり れる られ
さ せる から まで より ので のに けど けれど が しかし でも また そして それ これ あれ この その あの ここ そこ こと もの よう ため とき 時 とても すごく 少し
なる なり なっ なった という って じゃ では には とは ん う く 思い 思う 思います ください いただき さん 私 僕 方 的 等 事 物 中 上 下 前 後 今 回`,
  ko: `이 그 저 것 수 등 및 더 잘 좀 너무 정말 진짜 아주 매우 많이 그리고 그런데 하지만 그래서 또 또한 다 안 못 있는 있어요 있습니다 있고 있다 없는
하는 하고 해서 했는데 했어요 합니다 해요 한 할 했습니다 되는 되고 됩니다 돼요 같아요 같습니다 이거 그거 저는 제가 나는 내가 우리 때 때문에 위해 대한
통해 으로 에서 까지 부터 보다 처럼 만 도 은 는 을 를 가 에 의 와 과 로`,
} as const;

export type WordLanguage = keyof typeof FUNCTION_WORDS;

/** The same as sets, made once. */
export const FUNCTION_WORD_SETS = Object.fromEntries(
  Object.entries(FUNCTION_WORDS).map(([language, words]) => [language, new Set(words.split(/\s+/))]),
) as unknown as Readonly<Record<WordLanguage, ReadonlySet<string>>>;
