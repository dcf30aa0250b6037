/**
 * Nouns that are no need: times, amounts, people, the thing itself, and what carries a story rather than a subject. English ones by their lemma.
 */

const ENGLISH = `time hour minute day night morning afternoon evening week weekend month year date today yesterday tomorrow moment second while
season summer winter spring fall monday tuesday wednesday thursday friday saturday sunday january february march april june july august
september october november december birthday christmas occasion trip visit stay
thing stuff something anything nothing everything someone anyone everyone lot bit part piece kind sort type way case point matter fact reason
end start beginning middle rest side top bottom front back place area world life level number couple pair bunch ton half dozen percent
person people man woman guy girl boy kid child baby friend family husband wife son daughter mother mom father dad parent brother sister
customer consumer buyer seller shopper client user guest viewer audience reviewer lady gentleman folk neighbor colleague coworker boss
product item purchase buy model unit brand company business store shop seller website-order restaurant hotel place film movie picture flick book
review rating star comment feedback opinion recommendation experience idea problem issue question answer result difference chance luck hope
home house office car street city town country door table kitchen floor wall bag hand head eye face heart foot leg body hair skin mind
dollar buck cent euro pound yuan word name title list line sense feeling thought surprise joy fun love hate pleasure shame waste mess
use need want try help look work job effort go thank thanks please wish something-else bonus plus minus con pro downside upside
version edition copy set size-chart drama action thriller tale documentary cinema genre video entertainment production adventure romance fan audience-member war art
super medium addition touch transition retailer weather spot wardrobe closet airline airlines airways power age self right show game attempt moment sequence shot event x ok okay wow yes no hello hi lol omg etc i'm it's that's don't didn't can't`;

const CHINESE = `时间 时候 小时 分钟 钟头 半小时 半天 一天 今天 昨天 明天 今晚 昨晚 中午 上午 下午 晚上 早上 凌晨 周末 星期 月 年 日 天 号 点 点钟 次 回 第一次 第二次 上次 下次 这次 每次
最后 后来 以后 以前 之前 之后 当时 平时 有时 有时候 期间 过程 开始 结束 中间 左右 前后 里面 外面 上面 下面 旁边 附近 地方 方面 部分 一半 全部 整体 总体
人 人们 大家 别人 家人 孩子 小孩 宝宝 儿子 女儿 老公 老婆 朋友 同事 同学 妈妈 爸爸 父母 老人 顾客 客人 客户 用户 买家 卖家 商家 店家 店 店铺 店里 家 公司 厂家 酒店 宾馆 餐厅 饭店 饭馆 餐馆
东西 产品 商品 宝贝 物品 货 件 个 份 块 元 块钱 钱 毛 张 只 条 杯 碗 盘 瓶 种 类 款 片 书 电影 片子 本书 这本书 手机 电脑
事 事情 情况 问题 原因 结果 感觉 想法 意思 样 样子 程度 水平 标准 印象 心情 经历 体验 经验 评价 评论 好评 差评 星 五星 分 建议 意见 理由 办法 方法 机会 缘故 说法 话 话说 名字 数
门 门口 楼 楼下 楼上 公司楼下 家里 路 路上 街 城市 北京 上海 手 脸 眼睛 头 身体 肚子 心 中国 世界 人生 生活 关系 希望 需要 要求 打算 决定 工作 上班 下班 外卖 百度 美团 饿 平台 网上 图 速度 效果
天气 下雨 雨天 下雪 原来 本来 差点 一点 有点 第一 第二 其他 别的 同样 反正 总之 整整 预计 预定 基本 全都 玩意 想象 人家 个人 关键 实际 影响 习惯 消费者 人员 大哥 大叔 地址 距离 速度慢 速度快 食欲 宇宙 全是 绝对 估计 说实话 购物 网购 星级 条件 免费 京东 天猫 淘宝 拼多多 携程 不下去 好感 口碑 意外 惊喜 遗憾 根本 直接 明显 实在 完全 一样 一致 具体`;

const set = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

export const GENERIC_WORDS = { en: set(ENGLISH), zh: set(CHINESE) } as const;
