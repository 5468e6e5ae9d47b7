import { monotonicMs } from '../../runtime/clock';
import type { Standstill } from './thread-messages';

const EVERY_MS = 20;
/** A timer that comes so late was kept from running. */
const LATE_MS = 100;
/** The wall clock may be corrected by so much without the machine having been suspended. */
const CORRECTION_MS = 500;

/** Notices when its thread stood still: a blocked event loop, a stopped process, a suspended machine. */
export class StandstillWatch {
  private lastMs = monotonicMs();
  private lastWallMs = Date.now();
  private readonly sign: Float64Array;
  private readonly timer: NodeJS.Timeout;

  /**
   * @param pulse one double, in which each sign of life is written down, ms of the monotonic clock
   * @param onStandstill told of each standstill once it is over
   */
  constructor(
    pulse: SharedArrayBuffer,
    private readonly onStandstill: (standstill: Standstill) => void,
  ) {
    this.sign = new Float64Array(pulse);
    this.sign[0] = this.lastMs;
    this.timer = setInterval(() => this.look(), EVERY_MS);
  }

  /** Looks now: afterwards every standstill up to this moment has been told. */
  look(): void {
    const nowMs = monotonicMs();
    const wallMs = Date.now();
    const goneMs = nowMs - this.lastMs;
    const wallGoneMs = wallMs - this.lastWallMs;
    if (goneMs > EVERY_MS + LATE_MS || wallGoneMs - goneMs > CORRECTION_MS) {
      const lostMs = Math.max(goneMs, wallGoneMs) - EVERY_MS;
      this.onStandstill({ fromMs: this.lastMs, toMs: nowMs, lostMs });
    }
    this.lastMs = nowMs;
    this.lastWallMs = wallMs;
    this.sign[0] = nowMs;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
