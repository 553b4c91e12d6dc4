{{/* Names, labels, the rendered configuration, and what all pods share. */}}

{{- define "sluice.fullname" -}}
{{- /* Names of releases may have dots, those of services may not. */}}
{{- $release := replace "." "-" .Release.Name }}
{{- if regexMatch "^[0-9]" $release }}
{{- fail (printf "The release %q begins with a digit, and names of services may not: choose one that begins with a letter." .Release.Name) }}
{{- end }}
{{- if contains "sluice" $release }}{{ $release | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-sluice" $release | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "sluice.leaseNamespace" -}}
{{ .Values.leaseNamespace | default .Release.Namespace }}
{{- end }}

{{/* (dict "root" $ "part" "worker"): what a Deployment selects by; never changes. */}}
{{- define "sluice.selector" -}}
app.kubernetes.io/name: sluice
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "sluice.labels" -}}
{{ include "sluice.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: sluice
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "sluice.account" -}}
{{ (index .root.Values.serviceAccounts .part).name | default (printf "%s-%s" (include "sluice.fullname" .root) .part) }}
{{- end }}

{{/* sluice.yaml as it is mounted: the values' config over the chart's defaults, and Leases where the accounts may write them. */}}
{{- define "sluice.config" -}}
{{- $config := deepCopy .Values.config }}
{{- $defaults := dict "api" (dict "host" "127.0.0.1" "port" 8080) "worker" (dict "host" "0.0.0.0" "metricsPort" 9464 "healthPort" 9465) }}
{{- $config = merge $config $defaults }}
{{- $rights := .Files.Get "files/rights.json" | fromJson }}
{{- range $name, $settings := ($config.traffic | default dict) }}
{{- $settings = $settings | default dict }}
{{- if and (hasKey $rights ($settings.type | default $name)) (not $settings.leaseNamespace) }}
{{- $_ := set $config.traffic $name (merge $settings (dict "leaseNamespace" (include "sluice.leaseNamespace" $))) }}
{{- end }}
{{- end }}
{{- if and .Values.api.enabled .Values.api.sessions.enabled }}
{{- $sessions := ($config.auth | default dict).sessions }}
{{- if not $sessions }}{{ fail "api.sessions needs config.auth.sessions: without it nobody logs in with a browser." }}{{ end }}
{{- if $sessions.folder }}{{ fail "config.auth.sessions.folder and api.sessions exclude each other: the chart sets the folder." }}{{ end }}
{{- $_ := set $sessions "folder" "/var/lib/sluice-api/sessions" }}
{{- end }}
{{- toYaml $config }}
{{- end }}

{{/* The claim in which the API's sessions are; empty: the pod's own volume. */}}
{{- define "sluice.sessionsClaim" -}}
{{- with .Values.api.sessions }}
{{- if and .existingClaim .createClaim }}{{ fail "api.sessions.existingClaim and api.sessions.createClaim exclude each other." }}{{ end }}
{{- if .createClaim }}{{ include "sluice.fullname" $ }}-sessions{{ else }}{{ .existingClaim }}{{ end }}
{{- end }}
{{- end }}

{{/* Provider types of the configuration that need rights on a cluster, as a JSON list. */}}
{{- define "sluice.providers" -}}
{{- $rights := .Files.Get "files/rights.json" | fromJson }}
{{- $types := list }}
{{- range $role := list "traffic" "workload" }}
{{- range $name, $settings := (get $.Values.config $role | default dict) }}
{{- $type := ($settings | default dict).type | default $name }}
{{- if hasKey $rights $type }}{{ $types = append $types $type }}{{ end }}
{{- end }}
{{- end }}
{{- /* Smoke tests take rights only where one of them is a Job. */}}
{{- range $name, $settings := (get $.Values.config "gates" | default dict) }}
{{- $settings = $settings | default dict }}
{{- if eq ($settings.type | default $name) "smoke" }}
{{- range $test := ($settings.tests | default dict) }}{{ if $test.job }}{{ $types = append $types "smoke" }}{{ end }}{{ end }}
{{- end }}
{{- end }}
{{- $types | uniq | sortAlpha | toJson }}
{{- end }}

{{/* (dict "root" $ "part" "worker" "where" (list …)): the rules of a Role; empty: none. */}}
{{- define "sluice.rules" -}}
{{- $root := .root }}{{ $part := .part }}{{ $where := .where }}
{{- $rights := $root.Files.Get "files/rights.json" | fromJson }}
{{- $rules := list }}
{{- range $type := include "sluice.providers" $root | fromJsonArray }}
{{- range $right := (get (get $rights $type) $part | default list) }}
{{- if has $right.where $where }}{{ $rules = append $rules (omit $right "where" | toJson) }}{{ end }}
{{- end }}
{{- end }}
{{- range $rule := $rules | uniq }}
- {{ $rule | fromJson | toYaml | nindent 2 | trim }}
{{- end }}
{{- end }}

{{/* Pods of the restricted Pod Security level. */}}
{{- define "sluice.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "sluice.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "sluice.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* (dict "root" $ "part" "worker" "settings" .Values.worker): the pod around the container. */}}
{{- define "sluice.podStart" -}}
{{- $values := .root.Values -}}
metadata:
  labels:
    {{- include "sluice.labels" . | nindent 4 }}
  annotations:
    # Pods follow the configuration.
    sluice.dev/config: {{ include "sluice.config" .root | sha256sum | trunc 16 | quote }}
    {{- with $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "sluice.account" . }}
  automountServiceAccountToken: true
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .settings.terminationGracePeriodSeconds }}
  securityContext:
    {{- include "sluice.podSecurity" . | nindent 4 }}
  {{- with $values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "sluice.selector" . | nindent 10 }}
  volumes:
    - name: config
      configMap: { name: {{ include "sluice.fullname" .root }} }
    {{- if (.settings.sessions | default dict).enabled }}
    - name: sessions
      {{- with include "sluice.sessionsClaim" .root }}
      persistentVolumeClaim: { claimName: {{ . }} }
      {{- else }}
      emptyDir: { sizeLimit: {{ .settings.sessions.size }} }
      {{- end }}
    {{- end }}
    {{- with $values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{/* What every container of ours has. */}}
{{- define "sluice.container" -}}
- name: {{ .part }}
  image: {{ include "sluice.image" .root }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  args: [{{ .part }}]
  securityContext:
    {{- include "sluice.containerSecurity" . | nindent 4 }}
  resources:
    {{- toYaml .settings.resources | nindent 4 }}
  env:
    - { name: SLUICE_CONFIG, value: /etc/sluice/sluice.yaml }
    {{- if eq .part "worker" }}
    # The image has a port of its own, and variables win over the file.
    - { name: SLUICE_WORKER_HEALTH_PORT, value: {{ (include "sluice.config" .root | fromYaml).worker.healthPort | quote }} }
    {{- end }}
    {{- if eq .part "guard" }}
    - { name: SLUICE_GUARD_HOST, value: 0.0.0.0 }
    - { name: SLUICE_GUARD_PORT, value: "9466" }
    {{- end }}
    {{- with .root.Values.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumeMounts:
    - { name: config, mountPath: /etc/sluice, readOnly: true }
    {{- if (.settings.sessions | default dict).enabled }}
    - { name: sessions, mountPath: /var/lib/sluice-api }
    {{- end }}
    {{- with .root.Values.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
