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
