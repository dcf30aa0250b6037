/** What people call the columns of a sales file, in English and Chinese. */
export const TIME =
  /^(?:.*[\s_-])?(?:date|day|week|month|time|period|year|quarter|datetime|ds|timestamp|dteday)s?$|日期|时间|月份|年月|年份|^(?:日|周|月|年)$|date$/i;
/** Logarithms of amounts, as econometricians keep them. */
export const LOG =
  /^(?:log|ln)[\s_.(-]*(?=(?:units?|qty|quantity|q|sold|sales?|demand|volume|move|movement|y)\)?$)/i;
/** The first that fits leads: units before money. */
export const VALUE: readonly RegExp[] = [
  /(?:^|[\s_])(?:units?|qty|quantity|quantities|sold|sales?_?(?:units|qty|volume|count)|demand|volume|move|movement|pieces|orders|cnt|count)(?:$|[\s_])|^(?:y|target)$|销量|销售量|销售数量|需求|数量|件数|订单数|订单量|出库/i,
  /(?:^|[\s_])(?:sales?|revenue|turnover|amount|gmv|value|values|visitors|passengers)(?:$|[\s_])|_sales?$|销售额|金额|营业额|收入|销售|流水|数值|值$/i,
];
/** What instruments read: it is no amount that was sold, and may fall below zero though it never did. */
export const MEASURE =
  /(?:^|[\s_])(?:temp|temperatures?|humidity|pressure|voltage|wind_?speed|exchange_?rate)(?:$|[\s_(])|温度|气温|湿度|气压|风速|电压|汇率/i;
export const PRICE =
  /^(?!.*(?:fuel|gas|oil|stock|index|cost|油价|成本))(?:(?:.*[\s_])?(?:price|unit_?price|sell_?price|asp)(?:$|[\s_])|.*(?:价格|单价|售价)|价$)/i;
export const PROMOTION =
  /promo|discount|^nsale|(?:^|[\s_])(?:deal|disp|display|feat|feature|coupon|flyer|leaflet|markdown|onsale|on_sale|campaign)\d*(?:$|[\s_])|促销|活动|折扣|特价|优惠|陈列|堆头|海报/i;
export const SPEND =
  /spend|advert|广告|投放|推广费|营销费|(?:^|[\s_])(?:tv|radio|print|ooh|search|social|facebook|google|tiktok|youtube|wechat|douyin|banner)[\s_]?(?:s|cost|ads?)$/i;
export const ITEM =
  /(?:^|[\s_])(?:items?|sku|products?|article|goods|series|unique_?id|model|part)(?:$|[\s_])|(?:item|product|series|sku)_?(?:id|name|no|code)$|^id$|商品|产品|货号|品名|单品|型号|sku/i;
export const LEVEL =
  /(?:^|[\s_])(?:store|shop|outlet|retailer|branch|warehouse|region|city|state|province|country|area|channel|category|cat|dept|department|brand|family|type|class|group|segment|market|platform)(?:s|_?id|_?name|$|[\s_])|门店|店铺|仓库|地区|区域|城市|省|渠道|品类|类别|分类|品牌|部门|平台|系列/i;
