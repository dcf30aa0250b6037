/** Needs of getting something, paying for it and being served. */
import { type Need, need } from './need.ts';

export const GETTING_AND_SERVING: readonly Need[] = [
  // Getting it.
  need(
    'delivery',
    ['Delivery', '配送'],
    ['delivery', '配送'],
    `delivery delivered delivering deliveries shipping shipment shipped courier* parcel dispatch* postage carrier delivery_driver tracking arrival arrive*`,
    `配送 送餐 出货 寄送 外送 送货 送达 送到 送来 快递 物流 发货 派送 派件 收货 包裹 运送 到货 骑手 送餐员 快递员 外卖员 配送员 小哥 送外卖 预定时间 预订时间 预约时间 约定时间`,
  ),
  need(
    'packaging',
    ['Packaging', '包装'],
    ['the packaging', '包装'],
    `packag* packed packing box boxes carton padding wrapping well_wrapped wrapper`,
    `包装 盒子 餐盒 饭盒 纸盒 箱子 纸箱 外包装 袋子 打包 密封袋`,
  ),
  need(
    'order',
    ['Getting what was ordered', '订单准确'],
    ['the order', '订单'],
    `order_accuracy my_order our_order the_order`,
    `备注 订单 我点的 们点的 家点的 次点的 天点的`,
  ),
  need(
    'ordering',
    ['Ordering and booking', '下单与预订'],
    ['ordering', '预订'],
    `booking reservation* checkout check_out cart ordering`,
    `预订 预定 预约 订房 订位 订座 结账 购物车 支付 付款`,
  ),
  need(
    'queue',
    ['Waiting', '办理与等候'],
    ['being served', '办理与等候'],
    `queue* line_up check-in checkin wait_time waiting_time waiting_room`,
    `排队 等位 等候 叫号 办理入住 办入住 入住手续 办理退房`,
  ),
  // Paying for it.
  need(
    'price',
    ['Price', '价格'],
    ['the price', '价格'],
    `price* pricing cost costs costly value_for_money value worth money`,
    `价格 价钱 价位 性价比 价 收费 定价 物有所值 物超所值`,
  ),
  need(
    'fees',
    ['Fees', '费用'],
    ['the fee', '费用'],
    `fee fees surcharge* charge charged charges billing bill subscription* deposit`,
    `配送费 运费 手续费 起送费 起送价 服务费 押金 费用 扣费 扣款 账单`,
  ),
  need(
    'offers',
    ['Discounts and offers', '优惠活动'],
    ['the offer', '优惠'],
    `discount* coupon* promotion* promo voucher* deal deals on_sale reward* loyalty`,
    `优惠 折扣 打折 满减 红包 优惠券 赠品 促销 促销活动 活动价 搞活动 做活动 团购 返现 立减`,
  ),
  need('invoice', ['Invoices', '发票'], ['the invoice', '发票'], `invoice* receipt*`, `发票 小票 收据`),
  need(
    'refund',
    ['Refunds and returns', '退款与退货'],
    ['the refund', '退款'],
    `refund* money_back exchange* replacement* warranty guarantee*`,
    `退款 退货 退钱 退单 换货 保修 质保 赔偿 赔付 保价`,
  ),
  // Who serves.
  need(
    'staff',
    ['Staff', '服务人员'],
    ['the service', '服务'],
    `quality_of_service service_quality staff waiter* waitress* server employee* receptionist* manager doctor* nurse* teacher* instructor* trainer* driver* technician* clerk cashier attitude service host crew`,
    `服务质量 服务品质 服务 服务员 态度 前台 店员 员工 老板 老板娘 医生 护士 老师 教练 师傅 技师 司机 管理 保安`,
  ),
  need(
    'support',
    ['Customer service', '客服'],
    ['customer service', '客服'],
    `customer_service customer_support customer_care support support_team help_desk helpdesk hotline call_center call_centre tech_support`,
    `客服态度 售后态度 客服服务 售后服务 客服 售后 热线 人工服务 在线客服`,
  ),
  need(
    'contact',
    ['Being reached', '联系沟通'],
    ['the phone', '电话'],
    `phone_number phone_call* called calls email* emails replies reply replied response* respond* answered callback`,
    `电话 打电话 联系 沟通 回复 回应`,
  ),
];
