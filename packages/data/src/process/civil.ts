/**
 * The calendar in whole-number arithmetic, as graph nodes: day, month and year of a day's number (Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms", 2013). Years are taken to begin in March, so that the leap day is a
 * year's last, and 400 of them, an era, always have 146,097 days.
 */
import { apply, constant, scalar, type Tensor } from '@gradus/engine';

/** The whole number of times that `by` fits in, downward also below 0; ONNX's own division goes toward 0. */
export const floorDivide = (x: Tensor, by: number): Tensor => x.sub(remainder(x, by)).div(by);

/** What is left of that division: from 0 to `by` − 1. */
export const remainder = (x: Tensor, by: number): Tensor => apply('Mod', [x, scalar(by, x.dtype)]);

export interface CivilDate {
  /** 1 to 12. */
  readonly month: Tensor;
  /** 1 to 31. */
  readonly day: Tensor;
  readonly daysInMonth: Tensor;
  /** 0 on the first of January. */
  readonly dayOfYear: Tensor;
  readonly daysInYear: Tensor;
}

/** @param days Since 1 January 1970, int64. */
export function civilDate(days: Tensor): CivilDate {
  const shifted = days.add(719_468);
  const era = floorDivide(shifted, 146_097);
  const dayOfEra = shifted.sub(era.mul(146_097));
  // From here on nothing is below 0.
  const yearOfEra = dayOfEra
    .sub(dayOfEra.div(1460))
    .add(dayOfEra.div(36_524))
    .sub(dayOfEra.div(146_096))
    .div(365);
  const sinceMarch = dayOfEra.sub(yearOfEra.mul(365).add(yearOfEra.div(4)).sub(yearOfEra.div(100)));
  const monthSinceMarch = sinceMarch.mul(5).add(2).div(153);
  const day = sinceMarch.sub(monthSinceMarch.mul(153).add(2).div(5)).add(1);
  const early = monthSinceMarch.greater(9);
  const month = early.where(monthSinceMarch.sub(9), monthSinceMarch.add(3));
  const year = yearOfEra.add(era.mul(400)).add(early.cast('int64'));
  const leap = isLeap(year);
  const daysInMonth = MONTHS.gather(month).add(apply('And', [leap, month.equal(2)]).cast('int64'));
  return {
    month,
    day,
    daysInMonth,
    dayOfYear: early.where(sinceMarch.sub(306), sinceMarch.add(59).add(leap.cast('int64'))),
    daysInYear: leap.cast('int64').add(365),
  };
}

const MONTHS = constant({
  dtype: 'int64',
  dims: [13],
  data: BigInt64Array.of(0n, 31n, 28n, 31n, 30n, 31n, 30n, 31n, 31n, 30n, 31n, 30n, 31n),
});

function isLeap(year: Tensor): Tensor {
  const divides = (by: number) => remainder(year, by).equal(0);
  const common = apply('And', [divides(4), apply('Not', [divides(100)])]);
  return apply('Or', [common, divides(400)]);
}
