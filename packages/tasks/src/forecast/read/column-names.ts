/**
 * What people call the columns of a sales file, in English and Chinese, and by the usual words alone in German, French, Spanish, Italian,
 * Portuguese and Japanese.
 */
export const TIME = orOneOf(
  /^(?:.*[\s_-])?(?:date|day|week|month|time|period|year|quarter|datetime|ds|timestamp|dteday)s?$|日期|时间|月份|年月|年份|^(?:日|周|月|年)$|date$/i,
  'datum tag woche monat jahr zeitraum jour semaine mois année fecha día mes semana año data giorno settimana mese anno dia mês 日付 日時',
);
/** Logarithms of amounts, as econometricians keep them. */
export const LOG =
  /^(?:log|ln)[\s_.(-]*(?=(?:units?|qty|quantity|q|sold|sales?|demand|volume|move|movement|y)\)?$)/i;
/** The first that fits leads: units before money. */
export const VALUE: readonly RegExp[] = [
  orOneOf(
    /(?:^|[\s_])(?:units?|qty|quantity|quantities|sold|sales?_?(?:units|qty|volume|count)|demand|volume|move|movement|pieces|orders|cnt|count)(?:$|[\s_])|^(?:y|target)$|销量|销售量|销售数量|需求|数量|件数|订单数|订单量|出库/i,
    'menge stückzahl stück anzahl absatz absatzmenge verkäufe verkaufsmenge verkauft quantité quantités qté ventes vendus demande unités cantidad unidades ventas vendidos demanda quantità qtà vendite vendute pezzi domanda quantidade qtd vendas 販売数 販売数量 売上数 売上数量 個数 需要',
  ),
  orOneOf(
    /(?:^|[\s_])(?:sales?|revenue|turnover|amount|gmv|value|values|visitors|passengers)(?:$|[\s_])|_sales?$|销售额|金额|营业额|收入|销售|流水|数值|值$/i,
    'umsatz betrag erlös wert montant recettes importe ingresos facturación importo fatturato ricavi valore receita faturamento valor 売上 売上高 売上額 金額',
  ),
];
/** What instruments read: it is no amount that was sold, and may fall below zero though it never did. */
export const MEASURE =
  /(?:^|[\s_])(?:temp|temperatures?|humidity|pressure|voltage|wind_?speed|exchange_?rate)(?:$|[\s_(])|温度|气温|湿度|气压|风速|电压|汇率/i;
export const PRICE = orOneOf(
  /^(?!.*(?:fuel|gas|oil|stock|index|cost|油价|成本))(?:(?:.*[\s_])?(?:price|unit_?price|sell_?price|asp)(?:$|[\s_])|.*(?:价格|单价|售价)|价$)/i,
  'preis stückpreis einzelpreis verkaufspreis prix precio prezzo preço 価格 単価 売価',
);
export const PROMOTION = orOneOf(
  /promo|discount|^nsale|(?:^|[\s_])(?:deal|disp|display|feat|feature|coupon|flyer|leaflet|markdown|onsale|on_sale|campaign)\d*(?:$|[\s_])|促销|活动|折扣|特价|优惠|陈列|堆头|海报/i,
  'rabatt aktion sonderangebot remise soldes réduction descuento oferta sconto offerta desconto 割引 特売 セール キャンペーン',
);
export const SPEND =
  /spend|advert|广告|投放|推广费|营销费|(?:^|[\s_])(?:tv|radio|print|ooh|search|social|facebook|google|tiktok|youtube|wechat|douyin|banner)[\s_]?(?:s|cost|ads?)$/i;
export const ITEM = orOneOf(
  /(?:^|[\s_])(?:items?|sku|products?|article|goods|series|unique_?id|model|part)(?:$|[\s_])|(?:item|product|series|sku)_?(?:id|name|no|code)$|^id$|商品|产品|货号|品名|单品|型号|sku/i,
  'artikel artikelnummer artikelname artikelnr produkt produktname ware produit référence producto artículo prodotto articolo produto artigo 商品名 商品コード 製品 品番',
);
export const LEVEL = orOneOf(
  /(?:^|[\s_])(?:store|shop|outlet|retailer|branch|warehouse|region|city|state|province|country|area|channel|category|cat|dept|department|brand|family|type|class|group|segment|market|platform)(?:s|_?id|_?name|$|[\s_])|门店|店铺|仓库|地区|区域|城市|省|渠道|品类|类别|分类|品牌|部门|平台|系列/i,
  'filiale laden geschäft markt kategorie warengruppe marke kanal magasin catégorie rayon marque tienda categoría marca canal región negozio categoria loja região 店舗 地域 カテゴリ 部門 ブランド',
);

/** Words that stand alone, or between blanks and lines. */
function orOneOf(pattern: RegExp, words: string): RegExp {
  return new RegExp(`${pattern.source}|(?:^|[\\s_])(?:${words.replaceAll(' ', '|')})(?:$|[\\s_(])`, 'i');
}
