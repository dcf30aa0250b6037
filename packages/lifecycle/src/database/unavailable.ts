/** The database does not answer: stopped, restarting, out of connections, cut off. It comes back, and what was asked can be asked again. */
import { UserError } from '@gradus/base';

export class DatabaseUnavailable extends UserError {
  readonly reason: string;

  /** @param reason As the driver or the database has it, without secrets */
  constructor(reason: string, options?: ErrorOptions) {
    super(
      {
        en: `The database does not answer (${reason}). Models go on answering; try this again when it is back.`,
        zh: `数据库无响应（${reason}）。模型仍可预测；请在数据库恢复后重试。`,
      },
      options,
    );
    this.reason = reason;
  }
}
