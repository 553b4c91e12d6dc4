{{- $job := printf "namespace=%q, job=\"%s-worker\"" .Release.Namespace (include "sluice.fullname" .) }}
{{- $guard := printf "namespace=%q, job=\"%s-guard\"" .Release.Namespace (include "sluice.fullname" .) }}
groups:
  - name: sluice
    rules:
      - alert: SluiceWorkersAbsent
        expr: absent(up{ {{- $job -}} } == 1)
        for: 1m
        labels: { severity: critical, namespace: {{ .Release.Namespace }} }
        annotations:
          summary: No worker of Sluice runs
          description: Leases are not renewed, so canaries lose their traffic when lease.ttl is over; nothing is judged or promoted.
      {{- if .Values.guard.enabled }}
      - alert: SluiceGuardAbsent
        expr: absent(up{ {{- $guard -}} } == 1)
        for: 1m
        labels: { severity: critical, namespace: {{ .Release.Namespace }} }
        annotations:
          summary: No guard of Sluice runs
          description: Routes whose lease runs out, or that are stopped, stay as they are until a worker or a guard is back.
      - alert: SluiceGuardIdle
        expr: max by (cluster, exported_namespace) (sluice_guard_leader{ {{- $guard -}} }) == 0
        for: 1m
        labels: { severity: critical, namespace: {{ .Release.Namespace }} }
        annotations:
          summary: Guards of Sluice run, and none of them acts
          description: Routes whose lease runs out, or that are stopped, stay as they are. The log of a guard says what keeps it from the Lease sluice-guard.
      - alert: SluiceGuardOutOfTouch
        expr: max by (cluster, exported_namespace) (sluice_guard_api_in_touch{ {{- $guard -}} }) == 0
        for: 1m
        labels: { severity: critical, namespace: {{ .Release.Namespace }} }
        annotations:
          summary: No guard of Sluice reaches the API server
          description: No lapse of a lease is trusted and no stop is seen until it answers; then every lease has its whole time again.
      - alert: SluiceRouteNotHome
        expr: sum by (cluster, exported_namespace) (increase(sluice_guard_failures_total{ {{- $guard -}} }[2m])) > 0
        for: 1m
        labels: { severity: critical, namespace: {{ .Release.Namespace }} }
        annotations:
          summary: A guard of Sluice cannot bring a route home
          description: A canary that was stopped, or whose lease is over, may still take traffic. The guard's log names the target and what was refused.
      - alert: SluiceCanaryLapsed
        expr: sum by (cluster, exported_namespace) (increase(sluice_guard_due_total{ {{- $guard -}}, why="lapsed"}[10m])) > 0
        labels: { severity: warning, namespace: {{ .Release.Namespace }} }
        annotations:
          summary: A canary lost its traffic because nobody renewed its lease
          description: Its rollout ends as rolled back when a worker is there again. Workers or Temporal were away for longer than lease.ttl.
      {{- end }}
      - alert: SluiceTemporalFailing
        expr: sum(rate(temporal_long_request_failure_total{ {{- $job -}} }[2m])) > 0
        for: 2m
        labels: { severity: warning, namespace: {{ .Release.Namespace }} }
        annotations:
          summary: Workers of Sluice cannot ask Temporal for work
          description: Watches go on for orphanGrace, then canaries lose their traffic. Rollbacks by the API stop canaries all the same.
      - alert: SluiceRestoreSlotsExhausted
        expr: min(temporal_worker_task_slots_available{ {{- $job -}}, task_queue="sluice-restore", worker_type="ActivityWorker"}) == 0
        for: 30s
        labels: { severity: critical, namespace: {{ .Release.Namespace }} }
        annotations:
          summary: A worker of Sluice has no slot left for restores
          description: Rollbacks wait for others. More workers help (worker.replicas), and so does finding out why writes hang.
      - alert: SluiceWatchSlotsExhausted
        expr: min(temporal_worker_task_slots_available{ {{- $job -}}, task_queue="sluice-watch", worker_type="ActivityWorker"}) == 0
        for: 1m
        labels: { severity: warning, namespace: {{ .Release.Namespace }} }
        annotations:
          summary: A worker of Sluice watches as many rollouts as it can
          description: Further rollouts wait for another worker. Add some (worker.replicas).
