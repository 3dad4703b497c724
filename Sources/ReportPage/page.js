"use strict";
// Draws the picture, the charts and the tables of a report. All that came from a capture is set as text.
(() => {
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const doc = facts.document;
  const severalCaptures = doc.captures.length > 1;
  const KINDS = ["text", "binary", "ping", "pong", "close", "0 open", "2 ping", "3 pong", "probe", "5 upgrade", "6 noop",
    "event", "ack", "CONNECT", "DISCONNECT", "CONNECT_ERROR"];
  const FAMILY = [0, 0, 2, 2, 4, 3, 2, 2, 3, 3, 2, 0, 1, 3, 4, 4];
  const COLORS = ["--event", "--ack", "--beat", "--session", "--close", "--other"];
  const TCP = ["retransmission", "retransmission after a timeout", "zero window", "window open again", "FIN", "RST",
    "bytes missing from the capture"];

  // MARK: Small tools

  /** Controls and bidirectional marks would make a text read as another one. */
  const visible = text => String(text).replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    c => "\\u{" + c.charCodeAt(0).toString(16) + "}");

  const el = (name, properties = {}, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (key === "text") node.textContent = visible(value);
      else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (value !== undefined && value !== null) node.setAttribute(key, value);
    }
    for (const child of children) if (child) node.append(child);
    return node;
  };
  const byId = id => document.getElementById(id);
  const count = n => n.toLocaleString("en-US");
  const many = (n, noun) => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
  const seconds = (t, digits = 3) => t === null || t === undefined ? "–" : t.toFixed(digits) + " s";
  const span = s => s === null || s === undefined ? "–" : s < 0.001 ? (s * 1e6).toFixed(0) + " µs"
    : s < 1 ? (s * 1000).toFixed(s < 0.1 ? 1 : 0) + " ms" : s < 120 ? s.toFixed(2) + " s"
      : Math.floor(s / 60) + " min " + Math.floor(s % 60) + " s";
  const size = n => n < 1000 ? n + " B" : n < 1e6 ? (n / 1000).toFixed(1) + " kB" : (n / 1e6).toFixed(1) + " MB";
  const end = e => e.address.includes(":") ? `[${e.address}]:${e.port}` : `${e.address}:${e.port}`;
  const number = p => typeof p === "object" && p !== null ? `${p.capture}:${p.number}` : String(p);
  const frame = p => typeof p === "object" && p !== null ? p.number : p;
  const announce = text => { byId("announcer").textContent = text; };

  const copy = async text => {
    let done = false;
    try { await navigator.clipboard.writeText(text); done = true; } catch { /* not allowed here: the old way */ }
    if (!done) {
      const area = el("textarea", { "aria-hidden": "true" });
      area.value = text;
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
    }
    announce(done ? "Copied: " + text : "Could not copy");
    return done;
  };
  const copyButton = (text, label) => {
    const button = el("button", { type: "button", class: "copy", "data-copy": text, text: label });
    button.addEventListener("click", async () => {
      button.textContent = await copy(text) ? "Copied" : "Select it and copy by hand";
      setTimeout(() => { button.textContent = label; }, 1500);
    });
    return button;
  };

  // MARK: Messages

  /** Undoes what `MarkStream` packs. */
  const unpack = () => {
    const text = byId("marks").textContent;
    const raw = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), c => c.charCodeAt(0));
    const n = facts.messages;
    const m = {
      n, time: new Float64Array(n), lane: new Int32Array(n), connection: new Uint32Array(n), name: new Uint16Array(n),
      length: new Float64Array(n), packet: new Float64Array(n), flags: new Uint8Array(n), capture: new Uint16Array(n),
      detail: new Map(),
    };
    let at = 0;
    const next = () => {
      let value = 0, factor = 1, byte;
      do { byte = raw[at++]; value += (byte & 127) * factor; factor *= 128; } while (byte > 127);
      return value;
    };
    const signed = () => { const v = next(); return v % 2 ? -(v + 1) / 2 : v / 2; };
    let time = 0, packet = 0, details = 0;
    for (let i = 0; i < n; i++) {
      const flags = m.flags[i] = raw[at++];
      time += signed();
      m.time[i] = time / 1e6;
      m.connection[i] = next();
      m.name[i] = next();
      m.length[i] = next();
      packet += signed();
      m.packet[i] = packet;
      if (severalCaptures) m.capture[i] = next();
      if (flags & 0x80) m.detail.set(i, details++);
    }
    byId("marks").remove();
    return m;
  };
  const messages = unpack();
  const kindOf = i => messages.flags[i] & 15;
  const fromServer = i => (messages.flags[i] & 0x10) !== 0;
  const nameOf = i => messages.name[i] ? facts.names[messages.name[i] - 1] : "";
  const isData = i => { const k = kindOf(i); return k === 0 || k === 1 || k === 11; };

  const connections = new Map(doc.connections.map(c => [c.id, c]));
  const start = Math.min(0, ...doc.connections.map(c => c.start));
  const lastMessage = messages.n ? messages.time[messages.n - 1] : 0;
  const finish = Math.max(lastMessage, ...doc.connections.map(c => c.end), ...doc.captures.map(c => c.duration || 0), start + 0.001);

  // MARK: Lanes

  const LEG = { client: "client ↔ proxy", upstream: "proxy ↔ server", only: "client ↔ server" };

  /** A connection outside of every session is told by its addresses to be of one leg, where the others show the proxy. */
  const settleLegs = () => {
    const proxies = new Set(), others = new Set();
    for (const c of doc.connections) {
      if (c.leg === "client") { proxies.add(c.server.address); others.add(c.client.address); }
      if (c.leg === "upstream") { proxies.add(c.client.address); others.add(c.server.address); }
    }
    for (const c of doc.connections) {
      if (c.leg !== "only" || !proxies.size) continue;
      const { client: { address: from }, server: { address: to } } = c;
      if (proxies.has(from) && !others.has(from) && !proxies.has(to)) c.leg = "upstream";
      else if (proxies.has(to) && !others.has(to) && !proxies.has(from)) c.leg = "client";
    }
  };
  settleLegs();

  /** Connections that carry one request after the other share a lane where they don't overlap. */
  const pack = list => {
    const lanes = [];
    for (const c of list.sort((a, b) => a.start - b.start)) {
      const alone = c.transport === "websocket";
      const free = !alone && lanes.find(l => !l.alone && l.end < c.start);
      if (free) { free.connections.push(c); free.end = c.end; }
      else lanes.push({ connections: [c], end: c.end, alone });
    }
    return lanes;
  };
  const buildGroups = () => {
    const groups = [];
    const taken = new Set();
    const add = (title, list) => {
      const group = { title, lanes: [], sid: list[0] && list[0].sid };
      for (const leg of ["only", "client", "upstream"]) {
        for (const lane of pack(list.filter(c => c.leg === leg))) group.lanes.push({ ...lane, leg });
      }
      if (group.lanes.length) groups.push(group);
    };
    // A request that names a session belongs to it, also where the connection never came to join it.
    const named = new Map();
    for (const c of doc.connections) for (const r of c.requests) {
      const sid = !c.sid && /[?&]sid=([^&]+)/.exec(r.target);
      if (sid && !named.has(c.id)) named.set(c.id, sid[1]);
    }
    for (const s of doc.sessions) {
      for (const [id, sid] of named) if (sid === s.sid && !s.connections.includes(id)) s.connections.push(id);
      const list = s.connections.map(id => connections.get(id)).filter(c => c && !taken.has(c.id));
      list.forEach(c => taken.add(c.id));
      add(`session ${s.sid ?? "(joined mid-stream)"} · ${s.transports.join(" → ")}`, list);
    }
    add("no session", doc.connections.filter(c => !taken.has(c.id)));
    return groups;
  };
  const groups = buildGroups();
  const HEAD = 22, LANE = 40, TOP = 26;
  /** How far above and below a lane's middle its messages stand. */
  const OFF = 10;
  /** The width of the lanes' names. */
  let LEFT = 190;
  const lanes = [];
  let height = TOP;
  for (const group of groups) {
    group.y = height;
    height += HEAD;
    for (const lane of group.lanes) {
      lane.y = height;
      lane.group = group;
      lane.index = lanes.length;
      const first = lane.connections[0];
      lane.label = lane.connections.length === 1 ? `#${first.id} ${first.transport}` : `${first.transport} ×${lane.connections.length}`;
      lanes.push(lane);
      height += LANE;
    }
  }
  const logLane = facts.log.length ? { y: height, label: "logs" } : null;
  if (logLane) height += LANE;
  height += 8;

  const laneOfConnection = new Map();
  lanes.forEach(lane => lane.connections.forEach(c => laneOfConnection.set(c.id, lane)));
  for (const lane of lanes) lane.count = 0;
  for (let i = 0; i < messages.n; i++) {
    const lane = laneOfConnection.get(messages.connection[i]);
    messages.lane[i] = lane ? lane.index : -1;
    if (lane) lane.count++;
  }
  for (const lane of lanes) { lane.items = new Uint32Array(lane.count); lane.count = 0; }
  for (let i = 0; i < messages.n; i++) if (messages.lane[i] >= 0) { const lane = lanes[messages.lane[i]]; lane.items[lane.count++] = i; }
  for (const lane of lanes) {
    let sorted = true;
    for (let k = 1; k < lane.items.length && sorted; k++) sorted = messages.time[lane.items[k]] >= messages.time[lane.items[k - 1]];
    if (!sorted) lane.items = lane.items.sort((a, b) => messages.time[a] - messages.time[b]);
  }
  const transport = facts.transport.filter(t => laneOfConnection.has(t[1]));

  // MARK: State

  const view = { from: start, to: finish };
  const margin = (finish - start) * 0.01;
  const whole = { from: start - margin, to: finish + margin };
  Object.assign(view, whole);
  const filter = { session: "", event: "", direction: "", finding: "", mask: null };
  let selected = -1, hovered = -1;
  let shownCount = messages.n;

  const findingOf = value => doc.findings.find(f => String(f.number) === value);
  const applyFilter = () => {
    const { session, event, direction, finding } = filter;
    shownCount = 0;
    if (!session && !event && !direction && !finding) { filter.mask = null; shownCount = messages.n; return; }
    const wantedName = event ? facts.names.indexOf(event) + 1 : 0;
    const f = finding && findingOf(finding);
    const own = f && new Set(f.connections);
    const group = session && groups[Number(session)];
    const ownLanes = group && new Set(group.lanes.map(l => l.index));
    const mask = new Uint8Array(messages.n);
    for (let i = 0; i < messages.n; i++) {
      const ok = (!ownLanes || ownLanes.has(messages.lane[i])) && (!wantedName || messages.name[i] === wantedName)
        && (!direction || (direction === "down") === fromServer(i))
        && (!f || ((!own.size || own.has(messages.connection[i])) && messages.time[i] >= f.at - 1 && messages.time[i] <= (f.until ?? finish) + 1));
      if (ok) { mask[i] = 1; shownCount++; }
    }
    filter.mask = mask;
  };
  const shows = i => !filter.mask || filter.mask[i] === 1;

  // MARK: Drawing

  const body = byId("picture-body");
  const canvas = el("canvas", { tabindex: "0", id: "canvas", role: "application", "aria-roledescription": "timeline",
    "aria-label": "Timeline of all connections. Arrow keys move, plus and minus zoom, 0 shows all, n and p step through messages, f through findings, Enter opens the message.",
    "aria-describedby": "keys" });
  const scroll = el("div", { class: "scroll", id: "scroll" });
  const spacer = el("div");
  const tip = el("div", { class: "tip", hidden: "", "aria-hidden": "true" });
  const detail = el("section", { class: "detail", hidden: "", id: "detail", tabindex: "-1", "aria-label": "Message" });
  const context = canvas.getContext("2d");
  let width = 800, tall = 300, colors = {};
  const readColors = () => {
    const style = getComputedStyle(document.documentElement);
    colors = {};
    for (const name of ["--back", "--panel", "--line", "--text", "--soft", "--accent", "--error", "--warning", "--notice",
      "--poll", "--silence", "--silence-network", "--silence-client", ...COLORS]) colors[name] = style.getPropertyValue(name).trim();
  };
  const x = t => LEFT + (t - view.from) / (view.to - view.from) * (width - LEFT);
  const timeAt = px => view.from + (px - LEFT) / (width - LEFT) * (view.to - view.from);
  /** The first position in a lane at or after a time. */
  const search = (items, t) => {
    let low = 0, high = items.length;
    while (low < high) { const mid = (low + high) >> 1; if (messages.time[items[mid]] < t) low = mid + 1; else high = mid; }
    return low;
  };

  const glyph = (c, kind, cx, cy, down, r = 4.5) => {
    c.beginPath();
    switch (FAMILY[kind]) {
      case 2: c.arc(cx, cy, r * 0.6, 0, 7); break;
      case 3: c.rect(cx - r * 0.8, cy - r * 0.8, r * 1.6, r * 1.6); break;
      case 4: c.moveTo(cx - r, cy - r); c.lineTo(cx + r, cy + r); c.moveTo(cx + r, cy - r); c.lineTo(cx - r, cy + r); c.lineWidth = 2; c.stroke(); return;
      default: {
        const d = down ? -1 : 1;
        c.moveTo(cx - r, cy - d * r); c.lineTo(cx + r, cy - d * r); c.lineTo(cx, cy + d * r); c.closePath();
      }
    }
    if (kind === 12) { c.lineWidth = 1.4; c.stroke(); } else c.fill();
  };

  const niceStep = wanted => {
    const power = 10 ** Math.floor(Math.log10(wanted));
    return [1, 2, 5, 10].map(f => f * power).find(s => s >= wanted) || power * 10;
  };
  const drawAxis = () => {
    const c = context;
    const step = niceStep((view.to - view.from) / Math.max(2, (width - LEFT) / 110));
    const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(step))));
    c.font = "11px system-ui, sans-serif";
    c.textBaseline = "top";
    for (let t = Math.ceil(view.from / step) * step; t <= view.to; t += step) {
      const px = Math.round(x(t)) + 0.5;
      c.strokeStyle = colors["--line"];
      c.globalAlpha = 0.5;
      c.beginPath(); c.moveTo(px, TOP - 6); c.lineTo(px, tall); c.stroke();
      c.globalAlpha = 1;
      c.fillStyle = colors["--soft"];
      c.textAlign = "center";
      if (px > LEFT + 20 && px < width - 20) c.fillText(t.toFixed(digits) + " s", px, 5);
    }
  };
  const blameColor = f => f.blame === "network" ? "--silence-network" : f.blame === "client" || f.blame === "capture" ? "--silence-client" : "--silence";
  const drawFindings = offset => {
    const c = context;
    for (const f of doc.findings) {
      if (f.severity === "notice") continue;
      const until = f.until ?? finish;
      const x1 = x(f.at), x2 = Math.max(x(until), x1 + 2);
      if (x2 < LEFT || x1 > width) continue;
      for (const lane of lanes) {
        if (!lane.connections.some(k => f.connections.includes(k.id))) continue;
        const y = lane.y - offset;
        if (y > tall || y + LANE < TOP) continue;
        c.fillStyle = colors[blameColor(f)];
        c.fillRect(Math.max(LEFT, x1), y + 1, Math.min(width, x2) - Math.max(LEFT, x1), LANE - 2);
        c.fillStyle = colors[f.severity === "error" ? "--error" : "--warning"];
        c.fillRect(Math.max(LEFT, x1), y + 1, 2, LANE - 2);
      }
    }
  };
  /** Names shades in the middle of the lane, between what comes from the two sides. */
  const drawFindingNames = offset => {
    const c = context;
    c.font = "11px system-ui, sans-serif"; c.textAlign = "left"; c.textBaseline = "middle";
    for (const f of doc.findings) {
      if (f.severity === "notice") continue;
      const x1 = Math.max(LEFT, x(f.at)), x2 = Math.min(width, x(f.until ?? finish));
      if (x2 - x1 < 90) continue;
      for (const lane of lanes) {
        const y = lane.y - offset + LANE / 2;
        if (y > tall || y < TOP || !lane.connections.some(k => f.connections.includes(k.id))) continue;
        const text = `${f.id} · ${f.blame}`;
        const room = Math.min(c.measureText(text).width, x2 - x1 - 14);
        c.fillStyle = colors[blameColor(f)];
        c.fillRect(x1 + 4, y - 6, room + 6, 12);
        c.fillStyle = colors[f.severity === "error" ? "--error" : "--warning"];
        c.fillText(text, x1 + 7, y + 0.5, room);
      }
    }
  };
  const drawConnection = (c, k, y) => {
    const middle = y + LANE / 2;
    const x1 = Math.max(LEFT, x(k.start)), x2 = Math.min(width, x(k.end));
    if (x2 < LEFT || x1 > width) return;
    c.strokeStyle = colors["--line"];
    c.lineWidth = 1;
    c.beginPath(); c.moveTo(x1, middle); c.lineTo(Math.max(x2, x1 + 1), middle); c.stroke();
    for (const r of k.requests) {
      const r1 = x(r.at), r2 = Math.max(r1 + 2, x(r.answeredAt ?? k.end));
      if (r2 < LEFT || r1 > width) continue;
      const left = Math.max(LEFT, r1);
      c.fillStyle = r.status === null || r.status >= 400 ? colors["--silence"] : colors["--poll"];
      c.fillRect(left, middle - 4, Math.min(width, r2) - left, 8);
      if (r.upgrade) {
        c.strokeStyle = colors[r.status === 101 ? "--session" : "--error"];
        c.lineWidth = 1.5;
        c.strokeRect(left, middle - 6, Math.max(3, Math.min(width, r2) - left), 12);
        if (r2 + 60 < width && (width - LEFT) / (view.to - view.from) > 300) {
          c.fillStyle = c.strokeStyle; c.font = "10px system-ui, sans-serif"; c.textAlign = "left"; c.textBaseline = "bottom";
          c.fillText(r.status === null ? "upgrade: no answer" : `upgrade ${r.status}`, left, middle - 6);
        }
      }
    }
  };
  const drawMarks = (lane, y) => {
    const c = context, items = lane.items;
    const first = search(items, view.from), last = search(items, view.to + 1e-9);
    const pixels = Math.ceil(width - LEFT);
    if (last - first < pixels * 0.6) {
      for (let k = first; k < last; k++) {
        const i = items[k];
        if (!shows(i)) continue;
        const down = fromServer(i);
        c.fillStyle = c.strokeStyle = colors[COLORS[FAMILY[kindOf(i)]]];
        glyph(c, kindOf(i), x(messages.time[i]), y + LANE / 2 + (down ? OFF : -OFF), down);
      }
      return;
    }
    // More messages than pixels: bars whose height is the logarithm of how many there are.
    const up = new Uint32Array(pixels + 1), down = new Uint32Array(pixels + 1), rare = [];
    const scale = (width - LEFT) / (view.to - view.from);
    for (let k = first; k < last; k++) {
      const i = items[k];
      if (filter.mask && !filter.mask[i]) continue;
      const px = ((messages.time[i] - view.from) * scale) | 0;
      const family = FAMILY[messages.flags[i] & 15];
      if (family === 3 || family === 4) { if (rare.length < 2000) rare.push(i); }
      else if (messages.flags[i] & 0x10) down[px]++; else up[px]++;
    }
    const bar = n => Math.min(LANE / 2 - 2, 2 + Math.log2(n) * 2.2);
    c.fillStyle = colors["--event"];
    for (let px = 0; px <= pixels; px++) {
      if (up[px]) { const h = bar(up[px]); c.fillRect(LEFT + px, y + LANE / 2 - 1 - h, 1, h); }
      if (down[px]) c.fillRect(LEFT + px, y + LANE / 2 + 1, 1, bar(down[px]));
    }
    for (const i of rare) {
      c.fillStyle = c.strokeStyle = colors[COLORS[FAMILY[kindOf(i)]]];
      glyph(c, kindOf(i), x(messages.time[i]), y + LANE / 2 + (fromServer(i) ? OFF : -OFF), fromServer(i));
    }
  };
  const drawTransport = offset => {
    const c = context;
    for (const [t, connection, , kind] of transport) {
      if (t < view.from || t > view.to) continue;
      const y = laneOfConnection.get(connection).y - offset;
      if (y > tall || y + LANE < TOP) continue;
      const px = x(t);
      c.strokeStyle = colors[kind === 5 ? "--close" : kind === 4 || kind === 6 ? "--soft" : "--other"];
      c.lineWidth = kind === 5 ? 2.5 : 1.5;
      c.setLineDash(kind === 6 ? [2, 2] : []);
      c.beginPath(); c.moveTo(px, y + LANE - 9); c.lineTo(px, y + LANE - 1);
      if (kind === 2) { c.moveTo(px - 4, y + LANE - 2); c.lineTo(px + 4, y + LANE - 2); }
      c.stroke();
      c.setLineDash([]);
    }
  };
  const drawLog = offset => {
    if (!logLane) return;
    const y = logLane.y - offset;
    context.fillStyle = colors["--other"];
    for (const [t] of facts.log) if (t >= view.from && t <= view.to) context.fillRect(x(t) - 0.5, y + 8, 1.5, LANE - 16);
  };
  const drawLabels = offset => {
    const c = context;
    c.fillStyle = colors["--back"];
    c.fillRect(0, 0, LEFT - 2, tall);
    c.textAlign = "left";
    for (const group of groups) {
      const y = group.y - offset;
      if (y > -HEAD && y < tall) {
        c.fillStyle = colors["--panel"];
        c.fillRect(0, y, width, HEAD - 2);
        c.fillStyle = colors["--text"];
        c.font = "600 12px system-ui, sans-serif"; c.textBaseline = "middle";
        c.fillText(visible(group.title), 6, y + HEAD / 2 - 1, width - 12);
      }
      for (const lane of group.lanes) {
        const ly = lane.y - offset;
        if (ly < -LANE || ly > tall) continue;
        c.fillStyle = colors["--text"]; c.font = "12px system-ui, sans-serif"; c.textBaseline = "top";
        c.fillText(lane.label, 6, ly + 6, LEFT - 12);
        c.fillStyle = colors["--soft"]; c.font = "11px system-ui, sans-serif";
        c.fillText(LEG[lane.leg], 6, ly + 21, LEFT - 12);
      }
    }
    if (logLane && logLane.y - offset < tall) {
      c.fillStyle = colors["--text"]; c.font = "12px system-ui, sans-serif"; c.textBaseline = "top";
      c.fillText("logs", 6, logLane.y - offset + 8);
    }
    c.fillStyle = colors["--back"];
    c.fillRect(0, 0, LEFT, TOP - 4);
    c.fillStyle = colors["--soft"]; c.font = "11px system-ui, sans-serif"; c.textBaseline = "top";
    c.fillText(LEFT > 150 ? "▽ from the client   △ from the server" : "▽ client  △ server", 6, 5, LEFT - 10);
  };
  let pending = false;
  const draw = () => {
    pending = false;
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(tall * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(tall * ratio);
      canvas.style.width = width + "px";
      canvas.style.height = tall + "px";
    }
    const c = context, offset = scroll.scrollTop;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.fillStyle = colors["--back"];
    c.fillRect(0, 0, width, tall);
    c.save();
    c.beginPath(); c.rect(LEFT, 0, width - LEFT, tall); c.clip();
    drawFindings(offset);
    for (const lane of lanes) {
      const y = lane.y - offset;
      if (y > tall || y + LANE < 0) continue;
      for (const k of lane.connections) drawConnection(c, k, y);
      drawMarks(lane, y);
    }
    drawTransport(offset);
    drawFindingNames(offset);
    drawLog(offset);
    if (selected >= 0 && messages.lane[selected] >= 0) {
      const y = lanes[messages.lane[selected]].y - offset + LANE / 2 + (fromServer(selected) ? OFF : -OFF);
      c.strokeStyle = colors["--accent"]; c.lineWidth = 2;
      c.beginPath(); c.arc(x(messages.time[selected]), y, 8, 0, 7); c.stroke();
    }
    c.fillStyle = colors["--back"];
    c.fillRect(LEFT, 0, width, TOP - 6);
    drawAxis();
    c.restore();
    drawLabels(offset);
    updateRows();
  };
  const redraw = () => { if (!pending) { pending = true; requestAnimationFrame(draw); } };
  const resize = () => {
    width = Math.max(280, scroll.clientWidth);
    LEFT = width < 600 ? 104 : 190;
    tall = Math.min(height, Math.max(160, Math.floor(window.innerHeight * 0.62)));
    spacer.style.height = Math.max(0, height - tall) + "px";
    redraw();
  };

  // MARK: Moving

  const show = (from, to) => {
    const least = 1e-6;
    if (to - from < least) { const middle = (from + to) / 2; from = middle - least / 2; to = middle + least / 2; }
    const length = Math.min(to - from, whole.to - whole.from);
    from = Math.max(whole.from, Math.min(from, whole.to - length));
    view.from = from;
    view.to = from + length;
    redraw();
  };
  const zoom = (factor, around = (view.from + view.to) / 2) =>
    show(around - (around - view.from) * factor, around + (view.to - around) * factor);
  const pan = share => { const by = (view.to - view.from) * share; show(view.from + by, view.to + by); };
  const reveal = i => {
    const t = messages.time[i];
    if (t < view.from || t > view.to) { const half = (view.to - view.from) / 2; show(t - half, t + half); }
    const lane = lanes[messages.lane[i]];
    if (lane && (lane.y < scroll.scrollTop + TOP || lane.y + LANE > scroll.scrollTop + tall)) scroll.scrollTop = Math.max(0, lane.y - tall / 2);
    redraw();
  };
  const describe = i => {
    const kind = kindOf(i);
    const name = nameOf(i);
    return `${kind === 11 ? "event" : KINDS[kind]}${name ? " " + name : ""}, ${fromServer(i) ? "from the server" : "from the client"}, `
      + `${seconds(messages.time[i], 6)}, packet ${messages.packet[i]}, ${size(messages.length[i])}`;
  };
  const select = (i, opens = false) => {
    selected = i;
    reveal(i);
    announce(describe(i));
    if (opens || !detail.hidden) openDetail(i);
  };
  const step = by => {
    let i = selected;
    if (i < 0) { i = by > 0 ? -1 : messages.n; for (let k = 0; k < messages.n; k++) if (messages.time[k] >= view.from) { i = by > 0 ? k - 1 : k; break; } }
    for (i += by; i >= 0 && i < messages.n; i += by) if (shows(i) && messages.lane[i] >= 0) return select(i);
  };
  let findingIndex = -1;
  const goToFinding = f => {
    const until = f.until ?? finish;
    const extra = Math.max((until - f.at) * 0.6, 0.5);
    show(f.at - extra, until + extra);
    const lane = lanes.find(l => l.connections.some(k => f.connections.includes(k.id)));
    if (lane) scroll.scrollTop = Math.max(0, lane.y - tall / 2);
    announce(`${f.id}: ${f.title}`);
  };
  const nextFinding = by => {
    const list = doc.findings.filter(f => f.severity !== "notice");
    if (!list.length) return announce("There is no finding");
    findingIndex = (findingIndex + by + list.length) % list.length;
    goToFinding(list[findingIndex]);
  };

  // MARK: Details

  const openDetail = i => {
    const connection = connections.get(messages.connection[i]);
    const kind = kindOf(i);
    const filterText = `frame.number == ${messages.packet[i]}`;
    const conversation = connection && `${connection.client.address.includes(":") ? "ipv6" : "ip"}.addr == ${connection.client.address} && tcp.port == ${connection.client.port}`;
    detail.replaceChildren();
    const close = () => { detail.hidden = true; canvas.focus(); };
    detail.append(
      el("div", { class: "tools" },
        el("h3", { text: (kind === 11 ? "event" : KINDS[kind]) + (nameOf(i) ? " " + nameOf(i) : "") }),
        copyButton(filterText, "Copy the filter of the packet"),
        conversation ? copyButton(conversation, "Copy the filter of the connection") : null,
        el("button", { type: "button", text: "Close (Esc)", onclick: close })));
    const list = el("dl");
    const row = (term, text) => list.append(el("dt", { text: term }), el("dd", { text }));
    row("Time", `${seconds(messages.time[i], 6)} (${new Date(Date.parse(facts.epoch) + messages.time[i] * 1000).toISOString()})`);
    row("Packet", (severalCaptures ? `capture ${messages.capture[i]}, ` : "") + count(messages.packet[i]));
    row("Direction", fromServer(i) ? "server → client" : "client → server");
    if (connection) row("Connection", `#${connection.id} ${end(connection.client)} → ${end(connection.server)} (${LEG[connection.leg]})`);
    row("Transport", messages.flags[i] & 0x20 ? "long-polling" : "WebSocket");
    row("Length", `${count(messages.length[i])} bytes${messages.flags[i] & 0x40 ? ", cut short by the capture" : ""}`);
    row("Wireshark", filterText);
    detail.append(list);
    const index = messages.detail.get(i);
    detail.append(index === undefined
      ? el("p", { class: "note", text: "The text of this message is not in this file; the capture has it, and so has trace.json where it lists the message." })
      : el("pre", { tabindex: "0", text: facts.details[index] }));
    detail.hidden = false;
  };
  document.addEventListener("keydown", e => { if (e.key === "Escape" && !detail.hidden) { detail.hidden = true; canvas.focus(); } });

  // MARK: Pointer and keys

  const nearest = (px, py) => {
    const offset = scroll.scrollTop;
    const lane = lanes.find(l => py >= l.y - offset && py < l.y - offset + LANE);
    if (!lane || px < LEFT) return -1;
    const down = py - (lane.y - offset) > LANE / 2;
    const reach = (view.to - view.from) / (width - LEFT) * 8;
    const t = timeAt(px);
    let best = -1, distance = Infinity;
    for (let k = search(lane.items, t - reach), seen = 0; k < lane.items.length && seen < 5000; k++, seen++) {
      const i = lane.items[k];
      if (messages.time[i] > t + reach) break;
      if (!shows(i)) continue;
      const away = Math.abs(messages.time[i] - t) + (fromServer(i) === down ? 0 : reach);
      if (away < distance) { distance = away; best = i; }
    }
    return best;
  };
  const nearTransport = (px, py) => {
    const offset = scroll.scrollTop;
    const t = timeAt(px), reach = (view.to - view.from) / (width - LEFT) * 5;
    const mark = transport.find(m => Math.abs(m[0] - t) < reach && py >= laneOfConnection.get(m[1]).y - offset + LANE - 10 && py < laneOfConnection.get(m[1]).y - offset + LANE);
    if (mark) return `${TCP[mark[3]]}, ${mark[2] ? "from the server" : "from the client"}, ${seconds(mark[0], 6)}, packet ${mark[4]}`;
    if (logLane && py >= logLane.y - offset && py < logLane.y - offset + LANE) {
      const line = facts.log.find(l => Math.abs(l[0] - t) < reach);
      if (line) return `${line[1]}: ${line[2]}`;
    }
    const lane = lanes.find(l => py >= l.y - offset && py < l.y - offset + LANE);
    const request = lane && lane.connections.flatMap(k => k.requests.map(r => ({ r, k }))).find(({ r, k }) => t >= r.at && t <= (r.answeredAt ?? k.end));
    if (request) return `${request.r.method} ${request.r.target} → ${request.r.status ?? "no answer"} in ${span((request.r.answeredAt ?? request.k.end) - request.r.at)}`;
    const finding = lane && doc.findings.find(f => f.severity !== "notice" && t >= f.at && t <= (f.until ?? finish) && lane.connections.some(k => f.connections.includes(k.id)));
    return finding ? `${finding.id}: ${finding.title}` : "";
  };
  let drag = null;
  canvas.addEventListener("pointerdown", e => {
    if (e.button) return;
    drag = { x: e.clientX, from: view.from, to: view.to, moved: false };
    canvas.setPointerCapture(e.pointerId);
  });
  canvas.addEventListener("pointermove", e => {
    const box = canvas.getBoundingClientRect();
    const px = e.clientX - box.left, py = e.clientY - box.top;
    if (drag) {
      const by = (e.clientX - drag.x) / (width - LEFT) * (drag.to - drag.from);
      if (Math.abs(e.clientX - drag.x) > 3) drag.moved = true;
      if (drag.moved) show(drag.from - by, drag.to - by);
      return;
    }
    hovered = nearest(px, py + 0);
    const text = hovered >= 0 ? describe(hovered) : nearTransport(px, py);
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = visible(text);
    tip.style.left = Math.max(4, Math.min(e.clientX + 14, window.innerWidth - tip.offsetWidth - 8)) + "px";
    tip.style.top = Math.min(e.clientY + 16, window.innerHeight - tip.offsetHeight - 8) + "px";
  });
  canvas.addEventListener("pointerup", e => {
    const moved = drag && drag.moved;
    drag = null;
    if (moved) return;
    const box = canvas.getBoundingClientRect();
    const i = nearest(e.clientX - box.left, e.clientY - box.top);
    if (i >= 0) select(i, true);
  });
  canvas.addEventListener("pointercancel", () => { drag = null; });
  canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  canvas.addEventListener("wheel", e => {
    if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
      e.preventDefault();
      return pan((e.deltaX || e.deltaY) / 800);
    }
    // The wheel zooms; with Alt it scrolls lanes and page.
    if (e.altKey) return;
    e.preventDefault();
    zoom(Math.exp(Math.max(-200, Math.min(200, e.deltaY)) / 300), timeAt(e.clientX - canvas.getBoundingClientRect().left));
  }, { passive: false });
  const keys = {
    ArrowLeft: () => pan(-0.15), ArrowRight: () => pan(0.15), "+": () => zoom(0.6), "=": () => zoom(0.6), "-": () => zoom(1 / 0.6),
    ArrowUp: () => { scroll.scrollTop -= LANE; }, ArrowDown: () => { scroll.scrollTop += LANE; },
    Home: () => { const l = view.to - view.from; show(whole.from, whole.from + l); },
    End: () => { const l = view.to - view.from; show(whole.to - l, whole.to); },
    0: () => show(whole.from, whole.to), n: () => step(1), p: () => step(-1), f: () => nextFinding(1), F: () => nextFinding(-1),
    Enter: () => { if (selected >= 0) { openDetail(selected); detail.focus(); } },
  };
  canvas.addEventListener("keydown", e => {
    const action = keys[e.key];
    if (!action || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    action();
  });
  scroll.addEventListener("scroll", redraw);

  // MARK: Tools

  const chooser = (label, key, options) => {
    const select = el("select", { id: "filter-" + key, onchange: () => {
      filter[key] = select.value;
      applyFilter();
      const f = key === "finding" && findingOf(select.value);
      if (f) goToFinding(f);
      announce(`${count(shownCount)} of ${many(messages.n, "message")} shown`);
      updateStatus();
      redraw();
    } });
    for (const [value, text] of options) select.append(el("option", { value, text }));
    return el("label", { text: label }, select);
  };
  const status = el("p", { class: "hint", id: "status" });
  const updateStatus = () => {
    const parts = [`${count(shownCount)} of ${many(messages.n, "message")} shown`];
    if (facts.messagesLeftOut) parts.push(`${count(facts.messagesLeftOut)} later ones are left out of this page`);
    if (facts.connectionsLeftOut) parts.push(`${many(facts.connectionsLeftOut, "connection")} left out`);
    if (facts.transportLeftOut) parts.push(`${count(facts.transportLeftOut)} TCP marks left out`);
    status.textContent = parts.join("; ") + ".";
  };
  const button = (label, text, action) => el("button", { type: "button", "aria-label": label, text, onclick: action });
  const buildTools = () => {
    const tools = el("div", { class: "tools", role: "toolbar", "aria-label": "View and filters" });
    tools.append(
      button("Zoom in", "+", () => zoom(0.6)), button("Zoom out", "−", () => zoom(1 / 0.6)),
      button("Move left", "←", () => pan(-0.3)), button("Move right", "→", () => pan(0.3)),
      button("Show all of the time", "All", () => show(whole.from, whole.to)),
      button("Next finding", "Next finding", () => nextFinding(1)),
      chooser("Session", "session", [["", "all"], ...groups.map((g, i) => [String(i), g.title])]),
      chooser("Event", "event", [["", "all"], ...facts.names.map(n => [n, n])]),
      chooser("Direction", "direction", [["", "both"], ["up", "from the client"], ["down", "from the server"]]),
      chooser("Finding", "finding", [["", "none"], ...doc.findings.map(f => [String(f.number), `${f.id} at ${seconds(f.at)}`])]));
    return tools;
  };
  const legend = el("ul", { class: "legend", "aria-label": "Legend" });
  const buildLegend = () => {
    legend.replaceChildren();
    for (const [kind, text] of [[11, "event or message"], [12, "ack"], [6, "heartbeat, noop"], [5, "handshake, upgrade"], [4, "close, error"]]) {
      const icon = el("canvas", { width: "14", height: "14", "aria-hidden": "true" });
      const c = icon.getContext("2d");
      c.fillStyle = c.strokeStyle = colors[COLORS[FAMILY[kind]]];
      glyph(c, kind, 7, 7, false, 5);
      legend.append(el("li", {}, icon, document.createTextNode(text)));
    }
    for (const [name, text] of [["--poll", "HTTP request"], ["--silence", "fault: server or proxy"], ["--silence-network", "fault: network"], ["--silence-client", "fault: client or capture"]]) {
      const icon = el("canvas", { width: "18", height: "12", "aria-hidden": "true" });
      const c = icon.getContext("2d");
      c.fillStyle = colors[name]; c.fillRect(0, 0, 18, 12); c.strokeStyle = colors["--line"]; c.strokeRect(0.5, 0.5, 17, 11);
      legend.append(el("li", {}, icon, document.createTextNode(text)));
    }
  };

  // MARK: The messages in view, as a table

  const rows = el("tbody");
  const rowsTable = el("table", { class: "rows" }, el("caption", { id: "rows-title", text: "Messages in view" }),
    el("thead", {}, el("tr", {}, ...["Time", "Packet", "Connection", "From", "Message", "Size"].map(t => el("th", { scope: "col", text: t })))), rows);
  const MOST_ROWS = 60;
  let rowsKey = "";
  const updateRows = () => {
    const list = [];
    let total = 0;
    let low = 0, high = messages.n;
    while (low < high) { const mid = (low + high) >> 1; if (messages.time[mid] < view.from) low = mid + 1; else high = mid; }
    for (let i = low; i < messages.n && messages.time[i] <= view.to; i++) {
      if (!shows(i)) continue;
      total++;
      if (list.length < MOST_ROWS) list.push(i); else if (total > 1e5) break;
    }
    const key = list.join() + total;
    if (key === rowsKey) return;
    rowsKey = key;
    rows.replaceChildren(...list.map(i => el("tr", {},
      el("td", { class: "num" }, el("button", { type: "button", "data-message": i, text: seconds(messages.time[i], 6), "aria-label": "Open " + describe(i), onclick: () => { select(i, true); detail.focus(); } })),
      el("td", { class: "num", text: messages.packet[i] }), el("td", { text: "#" + messages.connection[i] }),
      el("td", { text: fromServer(i) ? "server" : "client" }),
      el("td", { text: (kindOf(i) === 11 ? "event" : KINDS[kindOf(i)]) + " " + nameOf(i) }),
      el("td", { class: "num", text: size(messages.length[i]) }))));
    byId("rows-title").textContent = `Messages in view: ${total > 1e5 ? "more than 100,000" : count(total)}`
      + (total > list.length ? `; the first ${list.length} are listed` : "");
  };

  // MARK: Charts

  const SVG = "http://www.w3.org/2000/svg";
  const svg = (name, attributes, text) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = visible(text);
    return node;
  };
  /** A histogram over a logarithmic axis of time. */
  const histogram = (title, all, className = "bar") => {
    // What came together has no place on such an axis, and is said instead.
    const values = all.filter(v => v > 0), together = all.length - values.length;
    const low = Math.max(1e-6, values.reduce((least, v) => v < least ? v : least, 1e9));
    let top = 0;
    for (const v of values) if (v > top) top = v;
    if (!(top > 0)) return null;
    const l0 = Math.log10(Math.min(low, top / 10)), l1 = Math.log10(top) + 1e-9, bins = 40;
    const counts = new Array(bins).fill(0);
    for (const v of values) counts[Math.max(0, Math.min(bins - 1, Math.floor((Math.log10(Math.max(v, 1e-9)) - l0) / (l1 - l0) * bins)))]++;
    const most = Math.max(...counts);
    const sorted = Float64Array.from(all).sort();
    const q = p => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
    const summary = `${many(all.length, "value")}${together ? `, ${count(together)} of them 0 (in one packet) and not drawn` : ""}: median ${span(q(0.5))}, p95 ${span(q(0.95))}, p99 ${span(q(0.99))}, longest ${span(top)}`;
    const picture = svg("svg", { viewBox: "0 0 400 130", role: "img", "aria-label": `${visible(title)}. ${summary}` });
    counts.forEach((n, i) => { if (n) picture.append(svg("rect", { class: className, x: 4 + i * 9.8, y: 100 - 92 * Math.sqrt(n / most), width: 8.8, height: 92 * Math.sqrt(n / most) })); });
    picture.append(svg("line", { class: "axis", x1: 4, y1: 100.5, x2: 396, y2: 100.5 }));
    for (let k = 0; k <= 4; k++) picture.append(svg("text", { x: 4 + 98 * k, y: 116, "text-anchor": k === 0 ? "start" : k === 4 ? "end" : "middle" }, span(10 ** (l0 + (l1 - l0) * k / 4))));
    return el("figure", {}, el("figcaption", { text: title }), picture, el("p", { class: "hint", text: summary }));
  };
  const gapsOf = () => {
    const byEvent = new Map();
    for (const s of doc.streams.slice(0, 500)) {
      const wanted = facts.names.indexOf(s.event) + 1;
      const session = doc.sessions.find(k => k.sid === s.sid);
      if (!wanted || !session) continue;
      const front = new Set(session.connections.filter(id => connections.has(id) && connections.get(id).leg !== "upstream"));
      let previous = null;
      const list = byEvent.get(s.event) || [];
      const own = lanes.filter(l => l.connections.some(c => front.has(c.id)));
      const found = [];
      for (const lane of own) for (let k = search(lane.items, s.start - 1e-6); k < lane.items.length; k++) {
        const i = lane.items[k];
        if (messages.time[i] > s.end + 1e-6) break;
        if (messages.name[i] === wanted && fromServer(i) && front.has(messages.connection[i])) found.push(messages.time[i]);
      }
      found.sort((a, b) => a - b);
      for (const t of found) { if (previous !== null) list.push(t - previous); previous = t; }
      byEvent.set(s.event, list);
    }
    return byEvent;
  };
  /** Pairs messages of two legs by their order, length and event. */
  const delays = () => {
    const result = [];
    for (const group of groups) {
      const front = group.lanes.filter(l => l.leg === "client" && l.alone), back = group.lanes.filter(l => l.leg === "upstream" && l.alone);
      for (let k = 0; k < Math.min(front.length, back.length); k++) {
        const near = front[k].items.filter(i => fromServer(i)), far = back[k].items.filter(i => fromServer(i));
        let a = 0;
        for (const i of far) {
          for (let look = a; look < Math.min(near.length, a + 50); look++) {
            const j = near[look];
            if (messages.length[j] === messages.length[i] && messages.name[j] === messages.name[i] && messages.time[j] >= messages.time[i] - 0.001) {
              result.push(Math.max(0, messages.time[j] - messages.time[i]));
              a = look + 1;
              break;
            }
          }
          if (result.length > 200000) return result;
        }
      }
    }
    return result;
  };
  const buildCharts = () => {
    const place = byId("charts-body");
    const figures = [];
    for (const [event, gaps] of gapsOf()) if (gaps.length > 2 && figures.length < 6) figures.push(histogram(`Gaps between “${event}” messages as the client saw them`, gaps));
    const first = doc.streams.filter(s => s.firstMessageAfter !== null && s.firstMessageAfter >= 0).map(s => s.firstMessageAfter);
    if (first.length > 1) figures.push(histogram("Time from a request to the first message of its answer", first, "bar2"));
    const between = delays();
    if (between.length > 1) figures.push(histogram("How long the proxy held each message from the server", between, "bar2"));
    const shown = figures.filter(Boolean);
    if (shown.length) place.append(el("div", { class: "grid" }, ...shown));
    else byId("charts").remove();
  };

  // MARK: Tables

  const table = (title, headings, lines, numeric = []) => {
    const head = el("tr", {}, ...headings.map((h, i) => el("th", { scope: "col", class: numeric.includes(i) ? "num" : null, text: h })));
    const rows = lines.map(line => el("tr", {}, ...line.map((cell, i) => {
      const td = el("td", { class: numeric.includes(i) ? "num" : null });
      if (cell instanceof Node) td.append(cell); else td.textContent = visible(cell ?? "–");
      return td;
    })));
    return el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": title }, el("table", {}, el("caption", { text: title }), el("thead", {}, head), el("tbody", {}, ...rows)));
  };
  const section = (title, ...content) => el("details", { open: "" }, el("summary", {}, el("strong", { text: title })), ...content);
  const eventText = events => Object.entries(events).sort((a, b) => b[1] - a[1]).slice(0, 6).map(([n, c]) => `${n} ${count(c)}`).join(", ") || "–";
  const limited = (list, most, render) => {
    const place = el("div");
    const build = n => {
      place.replaceChildren(render(list.slice(0, n)));
      if (list.length > n) place.append(el("button", { type: "button", text: `Show all ${count(list.length)}`, onclick: () => build(list.length) }));
    };
    build(most);
    return place;
  };
  const buildTables = () => {
    const place = byId("tables");
    const go = f => el("button", { type: "button", text: f.id, onclick: () => { goToFinding(f); canvas.focus(); } });
    if (doc.findings.length) place.append(section("Findings", table("All findings",
      ["Finding", "Severity", "Sure", "From", "Until", "Points at", "Packets", "Connections", "Measured"],
      doc.findings.map(f => [go(f), f.severity, f.confidence, seconds(f.at), seconds(f.until), f.blameDetail ? `${f.blame} (${f.blameDetail})` : f.blame,
        f.packets.slice(0, 6).map(number).join(", ") + (f.packets.length > 6 ? " …" : ""), f.connections.slice(0, 6).map(c => "#" + c).join(", ") + (f.connections.length > 6 ? " …" : ""),
        Object.entries(f.evidence).map(([k, v]) => `${k} ${v}`).join(", ")]), [3, 4])));
    if (doc.sessions.length) place.append(section("Sessions", limited(doc.sessions, 50, list => table("All sessions",
      ["sid", "Engine.IO", "Transports", "Open", "Until", "Heartbeats", "Events from the client", "Events from the server", "Closed by", "Reason"],
      list.map(s => [s.sid ?? "unknown", s.engineIO, s.transports.join(s.upgraded ? " → " : ", "), seconds(s.start), seconds(s.end), count(s.heartbeats),
        eventText(s.events.clientToServer), eventText(s.events.serverToClient), s.closedBy, s.closeReason]), [3, 4, 5]))));
    if (doc.streams.length) place.append(section("Streams", limited(doc.streams, 50, list => table("All streams",
      ["Event", "Asked by", "Started", "First after", "Messages", "Per second", "Gap p50", "p95", "p99", "Longest", "Ended"],
      list.map(s => [s.event, s.trigger && s.trigger.event, seconds(s.start), span(s.firstMessageAfter), count(s.messages), s.messagesPerSecond === null ? "–" : s.messagesPerSecond.toFixed(1),
        span(s.gap && s.gap.p50), span(s.gap && s.gap.p95), span(s.gap && s.gap.p99), span(s.gap && s.gap.max), s.ended ? "yes" : "no end seen"]), [2, 3, 4, 5, 6, 7, 8, 9]))));
    buildHandshakes(place);
    if (doc.connections.length) place.append(section("Connections", limited(doc.connections, 50, list => table("All connections",
      ["", "Client", "Server", "Leg", "Transport", "Open", "Until", "Retransmissions", "Zero windows", "Messages →", "← Messages", "End"],
      list.map(c => ["#" + c.id, end(c.client), end(c.server), LEG[c.leg], c.transport, seconds(c.start), seconds(c.end), count(c.tcp.retransmissions), count(c.tcp.zeroWindows),
        c.websocket ? count(c.websocket.messages.clientToServer.text + c.websocket.messages.clientToServer.binary) : many(c.requests.length, "request"),
        c.websocket ? count(c.websocket.messages.serverToClient.text + c.websocket.messages.serverToClient.binary) : "–",
        c.websocket && c.websocket.close ? `close ${c.websocket.close.code ?? "without a code"} by ${c.websocket.close.by}` : c.tcp.rst ? "reset" : c.tcp.finBy === "none" ? "open" : `closed by ${c.tcp.finBy}`]), [5, 6, 7, 8, 9, 10]))));
    const environment = Object.entries(doc.environment || {}).filter(([k, v]) => k !== "settings" && v).map(([k, v]) => [k, v])
      .concat(Object.entries((doc.environment || {}).settings || {}));
    if (environment.length) place.append(section("Environment", table("What the peers said about themselves", ["", ""], environment)));
    if (facts.log.length) place.append(section("Logs", limited(facts.log, 100, list => table("Lines with a time", ["Time", "File", "Line"], list.map(l => [seconds(l[0]), l[1], l[2]]), [0]))));
  };

  /** Upgrades side by side: what the client sent, what reached the server. */
  const buildHandshakes = place => {
    if (!facts.handshakes.length) return;
    const value = (list, name) => { const own = list.filter(f => f[0].toLowerCase() === name); return own.length ? own.map(f => f[1]).join(", ") : null; };
    const used = new Set();
    const pairs = [];
    facts.handshakes.forEach((h, i) => {
      if (used.has(i) || pairs.length >= 40) return;
      used.add(i);
      const key = value(h.request, "sec-websocket-key");
      let twin = key === null ? -1 : facts.handshakes.findIndex((o, j) => !used.has(j) && o.connection !== h.connection && value(o.request, "sec-websocket-key") === key);
      if (twin < 0 && h.leg !== "upstream") {
        const path = h.line;
        twin = facts.handshakes.findIndex((o, j) => !used.has(j) && o.connection !== h.connection && o.line.split(" ")[1] === path.split(" ")[1] && Math.abs((o.at ?? 0) - (h.at ?? 0)) < 2);
      }
      if (twin >= 0) used.add(twin);
      pairs.push([h, twin >= 0 ? facts.handshakes[twin] : null]);
    });
    const content = pairs.map(([near, far]) => {
      const title = `#${near.connection}${far ? " → #" + far.connection : ""} at ${seconds(near.at)}: ${near.line.split(" ").slice(0, 2).join(" ").slice(0, 120)} → ${near.status ?? "no answer"}`;
      const lines = [];
      const compare = (part, label) => {
        const names = [...new Set([...near[part], ...(far ? far[part] : [])].map(f => f[0].toLowerCase()))];
        for (const name of names) {
          const a = value(near[part], name), b = far ? value(far[part], name) : null;
          lines.push({ label, name, a, b, differs: Boolean(far) && a !== b });
        }
      };
      lines.push({ label: "request", name: "", a: near.line, b: far ? far.line : null, differs: Boolean(far) && near.line !== far.line });
      compare("request", "request");
      lines.push({ label: "answer", name: "status", a: near.status === null ? null : String(near.status), b: far && far.status !== null ? String(far.status) : null, differs: Boolean(far) && near.status !== far.status });
      compare("answer", "answer");
      if (near.refusal) lines.push({ label: "answer", name: "body", a: near.refusal, b: far ? far.refusal : null, differs: false });
      const cell = (v, present) => v === null && present ? el("td", { class: "missing", text: "missing" }) : el("td", { class: "mono", text: v ?? "" });
      const rows = lines.map(l => el("tr", { class: l.differs ? "differs" : null }, el("td", { text: l.label }), el("th", { scope: "row", text: l.name || "line" }),
        cell(l.a, true), far ? cell(l.b, true) : null, far ? el("td", { text: l.differs ? "≠ differs" : "" }) : null));
      const heads = far ? ["", "", `as the client's side shows it (#${near.connection})`, `as the server's side shows it (#${far.connection})`, ""] : ["", "", `as captured (#${near.connection})`];
      return el("details", {}, el("summary", { text: title }),
        el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Handshake " + title }, el("table", {}, el("thead", {}, el("tr", {}, ...heads.map(t => el(t ? "th" : "td", t ? { scope: "col", text: t } : {})))), el("tbody", {}, ...rows))));
    });
    if (content[0]) content[0].setAttribute("open", "");
    if (facts.handshakes.length > used.size) content.push(el("p", { class: "note", text: `${count(facts.handshakes.length - used.size)} more handshakes are in trace.json.` }));
    place.append(section("Handshakes", ...content));
  };

  // MARK: Start

  readColors();
  scroll.append(canvas, spacer);
  const printNote = el("p", { class: "note paper" });
  const help = el("p", { class: "hint", id: "keys", text: "Wheel zooms, Shift+wheel and dragging move, Alt+wheel scrolls. Keys: ← → + − 0 Home End, n and p step through messages, f through findings, Enter opens." });
  if (lanes.length) {
    body.append(buildTools(), status, scroll, printNote, legend, help, detail,
      el("details", { id: "list" }, el("summary", { text: "The messages in view, as a table" }), el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Messages in view" }, rowsTable)));
    document.body.append(tip);
    buildLegend();
    updateStatus();
    resize();
    new ResizeObserver(resize).observe(scroll);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColors(); buildLegend(); redraw(); });
    // On paper the picture has a page's width, and no more height than a page.
    addEventListener("beforeprint", () => {
      width = 1000;
      tall = Math.min(height, 1100);
      const cut = lanes.filter(l => l.y + LANE - scroll.scrollTop > tall || l.y < scroll.scrollTop).length;
      printNote.textContent = cut ? `${many(cut, "lane")} more in report.html: a printed page has no room for them.` : "";
      draw();
    });
    addEventListener("afterprint", resize);
  } else {
    body.append(el("p", { class: "note", text: "There is no connection to draw." }));
  }
  for (const article of document.querySelectorAll("article.finding")) {
    const f = findingOf(article.dataset.finding);
    if (!f) continue;
    const tools = el("div", { class: "tools" });
    if (lanes.length) tools.append(el("button", { type: "button", text: "Show in the picture", onclick: () => { goToFinding(f); byId("picture").scrollIntoView(); canvas.focus(); } }));
    if (f.displayFilter) tools.append(copyButton(f.displayFilter, "Copy the filter"));
    article.append(tools);
  }
  buildCharts();
  buildTables();
  // For tests: what is drawn can't be read from a canvas.
  document.documentElement.dataset.marks = String(messages.n);
  window.wstrace = { view, filter, messages, lanes, shown: () => shownCount, at: i => ({ x: x(messages.time[i]), y: lanes[messages.lane[i]].y - scroll.scrollTop + LANE / 2 + (fromServer(i) ? OFF : -OFF) }) };
})();
