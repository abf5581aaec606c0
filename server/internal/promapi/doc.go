// Package promapi answers questions in PromQL over history, in the words of Prometheus' HTTP API, so that whatever reads a
// Prometheus reads this server: Grafana, promtool, another Prometheus.
//
// Contract:
//   - What is answered, is answered as a Prometheus answers it: paths, parameters, forms, errors and their status. The
//     engine that evaluates is Prometheus' own. What there is none of here (rules, alerts, exemplars) is an empty list.
//   - It only reads, from the storage that it is given. Values are in base units there, as the names say.
//   - A question costs a bounded amount: see [Limits]. What is beyond is an error that names the limit. A question ends
//     when the client goes away.
//   - Of all rooms only this one and history know Prometheus' library, which promises no stable interface.
package promapi
