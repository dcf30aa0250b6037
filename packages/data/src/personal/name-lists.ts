/**
 * Family names of nineteen in twenty Chinese people (公安部《二〇二〇年全国姓名报告》 and 百家姓), and given names common among
 * English speakers (US Social Security Administration, given names since 1950) without those that are also words: Will, Mark, May.
 */
export const SURNAMES = new Set(
  '陳張劉黃趙吳孫馬羅鄭謝許韓鄧馮蔣葉蘇呂盧鐘鍾譚陸賈鄒閻龍顧賴嚴莊錢湯龐蕭溫萬齊喬關聶倪顏魯蘭畢寧龔賀楊範王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟申殷詹欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷曲盛冉翁蓝骆路游靳辛管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝'.split(
    '',
  ),
);

export const COMPOUND_SURNAMES = new Set(
  '欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 令狐 慕容 司徒 夏侯 端木 独孤 南宫 轩辕 长孙 宇文 西门 百里 呼延 澹台 申屠 太史 闻人'.split(
    ' ',
  ),
);

export const GIVEN_NAMES = new Set(
  `james john robert michael david richard joseph thomas charles christopher daniel matthew anthony donald steven andrew paul joshua
kenneth kevin brian timothy ronald jason george edward jeffrey ryan jacob nicholas gary eric jonathan stephen larry justin scott brandon
benjamin samuel gregory alexander patrick raymond jack dennis jerry tyler aaron jose adam nathan henry zachary douglas peter kyle noah
ethan jeremy christian walter keith austin roger terry sean gerald carl harold dylan arthur lawrence jordan jesse bryan billy bruce gabriel
joe logan alan juan albert willie elijah wayne randy vincent mason roy ralph bobby russell bradley philip eugene louis liam oliver lucas
oscar leo theo isaac hugo felix max simon martin stuart graham nigel trevor ian colin neil craig derek darren gareth ahmed mohammed omar
ali hassan ibrahim carlos luis miguel pedro diego antonio francisco manuel rafael fernando alejandro mary patricia jennifer linda elizabeth
barbara susan jessica sarah karen lisa nancy betty sandra margaret ashley kimberly emily donna michelle carol amanda melissa deborah
stephanie rebecca sharon laura cynthia dorothy amy kathleen angela shirley emma brenda pamela nicole anna samantha katherine christine
helen debra rachel carolyn janet maria catherine heather diane olivia julie joyce victoria ruth virginia lauren kelly christina joan evelyn
judith andrea hannah megan cheryl jacqueline martha madison teresa gloria sara janice ann kathryn abigail sophia frances jean alice judy
isabella julia denise amber doris marilyn danielle beverly charlotte natalie theresa diana brittany kayla alexis lori claire chloe zoe lucy
eleanor fiona gemma joanna kate lily mia ava ella amelia sofia camila lucia elena carmen ana fatima aisha priya raj anil sanjay deepak
rahul amit anita sunita wei ming hiroshi yuki kenji bob mike dave steve chris andy tony greg jeff harry tom nick josh luke jake alex
olga ivan marco giulia pierre hans klaus jorge javier pablo ingrid sven`.split(/\s+/),
);
