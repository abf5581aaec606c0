package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"vitals/internal/client"
)

// checkWebSocket opens a session as the app does.
func (e *examination) checkWebSocket(ctx context.Context) bool {
	began := time.Now()
	page := http.Header{"Origin": {e.address.Origin()}}
	conn, err := client.Dial(ctx, e.address, client.How{Header: page, Network: e.options.Network})
	if refusal, is := errors.AsType[*client.Refusal](err); is && refusal.Field == "Origin" {
		// What is wrong with the name is told by another check. There may be more wrong behind it.
		conn, err = client.Dial(ctx, e.address, client.How{Network: e.options.Network})
	}
	if err != nil {
		return e.explainWebSocket(err)
	}
	defer conn.Close()
	hello := conn.Hello()
	e.hello = &hello
	e.report.Server = client.Printable(hello.Server.Version)
	return e.find("websocket", Pass, fmt.Sprintf("a session of protocol %d opens in %s; the server is %s",
		hello.Protocol, milliseconds(time.Since(began)), hello.Server.Version))
}

func (e *examination) explainWebSocket(err error) bool {
	refusal, isRefusal := errors.AsType[*client.Refusal](err)
	if errors.Is(err, client.ErrProtocol) {
		return e.find("websocket", Fail, client.Explain(err)+"; update the older one")
	}
	if !isRefusal {
		return e.find("websocket", Fail, "no session opens: "+client.Explain(err), problemUpgrade)
	}
	const lost = "the headers Upgrade and Connection do not arrive at Vitals, so that no WebSocket opens"
	switch status := refusal.Status; {
	case refusal.Code == "upgrade_required" || status == http.StatusUpgradeRequired:
		return e.find("websocket", Fail, lost, problemUpgrade)
	case refusal.Code == "forbidden":
		return e.find("websocket", Fail, "Vitals refuses the WebSocket: "+refusal.Message, problemHeaders)
	case refusal.Code != "" && refusal.Code != "not_found":
		return e.find("websocket", Fail, "Vitals refuses the WebSocket: "+refusal.Message)
	case status == http.StatusBadRequest:
		return e.find("websocket", Fail, e.proxy()+" answers 400 to the handshake of a WebSocket", problemUpgrade)
	case status == http.StatusNotFound:
		return e.find("websocket", Fail, "the path "+e.site.Path+"ws does not lead to Vitals", problemBase)
	case status >= http.StatusInternalServerError:
		return e.find("websocket", Fail,
			fmt.Sprintf("%s fails at the handshake of a WebSocket (%d)", e.proxy(), status), problemUpgrade)
	default:
		return e.find("websocket", Fail,
			fmt.Sprintf("the handshake of a WebSocket is answered %d by something that is not Vitals", status), problemUpgrade)
	}
}

// checkProtocol: over HTTP/1.0 there is no WebSocket, and each request costs a connection.
func (e *examination) checkProtocol(context.Context) bool {
	if e.connection.Protocol == "HTTP/1.0" {
		return e.find("http", Warn, e.proxy()+" speaks HTTP/1.0 with Vitals, which knows no WebSockets", problemUpgrade)
	}
	return e.find("http", Pass, "requests arrive by "+e.connection.Protocol)
}

func milliseconds(duration time.Duration) string {
	if duration < time.Millisecond {
		return "less than 1 ms"
	}
	return fmt.Sprintf("%d ms", duration.Round(time.Millisecond).Milliseconds())
}
