/** The Prometheus metrics of a process: those that every process of Node has, and each of its own in a line. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

type Labels = readonly string[];

export class Meters {
  readonly registry = new Registry();
  private readonly registers = [this.registry];

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  counter(name: string, help: string, labelNames: Labels = []): Counter {
    return new Counter({ name, help, labelNames, registers: this.registers });
  }

  /** `buckets`: upper bounds in seconds, as the names of all of them say. */
  histogram(name: string, help: string, buckets: readonly number[], labelNames: Labels = []): Histogram {
    return new Histogram({ name, help, buckets: [...buckets], labelNames, registers: this.registers });
  }

  /** `tell` sets what is so now, each time that somebody scrapes; nothing is left of the time before. */
  gauge(name: string, help: string, tell: (gauge: Gauge) => void, labelNames: Labels = []): void {
    const { registers } = this;
    new Gauge({
      ...{ name, help, labelNames, registers },
      collect() {
        this.reset();
        tell(this);
      },
    });
  }

  /** Of what somebody else counts. */
  counted(name: string, help: string, count: () => number): void {
    const { registers } = this;
    new Counter({
      ...{ name, help, registers },
      collect() {
        this.reset();
        this.inc(count());
      },
    });
  }
}
