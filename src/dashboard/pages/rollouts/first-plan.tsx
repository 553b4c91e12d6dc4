/** What stands where no rollout is: a first plan, to be copied. */
import { Link } from 'wouter';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Empty } from '../../ui/states.tsx';
import './first-plan.css';

const plan = `service: shop
environment: demo
version: v2
traffic: haproxy
metrics: prometheus
workload: process
checks: [success-rate, latency-p95]
stages:
  - { weight: 10, soak: 1m }
  - { weight: 50, soak: 1m }
`;

export function FirstPlan() {
  return (
    <Empty title="No rollout runs">
      <p>Rollouts appear here by themselves when they are started. A first plan for the local stack:</p>
      <pre className="first-plan">{plan}</pre>
      <CopyButton text={plan} what="the plan" />
      <p>
        Save it as <code>shop.yaml</code> and start it with <code>npx sluice start shop.yaml --watch</code>,
        or <Link href="/start">write one in the editor</Link>.
      </p>
    </Empty>
  );
}
