"use strict";
/* Draws what page.c has drawn, from status.json, every two seconds while somebody looks.
 * Text only ever becomes text: there is no innerHTML here. */
const EVERY = 2000, KEPT = 150, SLOTS = 1024, FREE = 128;
const WORDS = { i: "idle", b: "busy", s: "starting", l: "leaving", r: "running" };
const past = new Map();

function make(tag, attributes, ...children) {
	const svg = tag === "svg" || tag === "path";
	const e = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
	for (const [name, value] of Object.entries(attributes))
		e.setAttribute(name, value);
	e.append(...children);
	return e;
}
function figure(label, value, of) {
	return make("div", {}, make("dt", {}, label), make("dd", {}, String(value), of ? make("small", {}, of) : ""));
}
/* What should not happen: as long as it has not, nobody needs to look. */
function trouble(label, n) {
	return make("div", {}, make("dt", {}, label), make("dd", n ? {} : { "class": "none" }, String(n)));
}
function rate(n) {
	return n === 0 ? "0" : n < 10 ? n.toFixed(2) : n < 100 ? n.toFixed(1) : n.toFixed(0);
}
function duration(usec) {
	const s = Math.floor(usec / 1e6), m = Math.floor(s / 60), h = Math.floor(m / 60), d = Math.floor(h / 24);
	return d ? d + " d " + h % 24 + " h" : h ? h + " h " + m % 60 + " min" : m ? m + " min " + s % 60 + " s" : s + " s";
}
function slot(number, letter) {
	const word = WORDS[letter];
	if (!word)
		return make("li", { "aria-hidden": "true", title: "slot " + number + ": free" });
	return make("li", { "class": letter, title: "slot " + number + ": " + word },
		make("span", {}, number + " " + word));
}
function pool(p, index, all) {
	const list = make("ol", { "class": "slots" }), current = p.stage === "current";
	const n = p.slot_states.length, drawn = Math.min(n, SLOTS);
	let i = 0;
	for (; i < drawn; i++)
		list.append(slot(i, p.slot_states[i]));
	for (; current && i < p.max_workers && i < FREE; i++)
		list.append(slot(i, "-"));
	const title = (all.length === 1 ? "Workers" : p.name) + (current ? "" : ", " + p.stage) + (n > drawn ? ", the first " + drawn + " of " + n + " slots" : "");
	return [make("h3", {}, title), list];
}
/* What came before belongs to another daemon if its start was another. */
function remember(s, now, started) {
	let h = past.get(s.name);
	if (!h || h.started !== started || s.connections < h.last)
		h = { started: started, last: s.connections, at: 0, queue: [], rate: [] };
	if (h.at) {
		h.rate.push((s.connections - h.last) * 1000 / (now - h.at));
		h.queue.push(s.queue);
	}
	h.rate = h.rate.slice(-KEPT);
	h.queue = h.queue.slice(-KEPT);
	h.last = s.connections;
	h.at = now;
	past.set(s.name, h);
	return h;
}
function chart(label, values, unit, full) {
	const write = unit ? rate : String, peak = write(Math.max(0, ...values)) + unit;
	const most = Math.max(1, ...values), now = values.length ? values[values.length - 1] : 0;
	const x = i => (KEPT - values.length + i + 1) * 300 / KEPT, y = v => 45 - v * 42 / most;
	let line = "";
	values.forEach((v, i) => { line += (i ? " L" : "M") + x(i).toFixed(1) + " " + y(v).toFixed(1); });
	const area = line && line + " L" + x(values.length - 1).toFixed(1) + " 46 L" + x(0).toFixed(1) + " 46 Z";
	const text = label + ": " + write(now) + unit + ", at most " + peak + " in five minutes";
	return make("figure", {},
		make("figcaption", {}, make("span", {}, label), make("span", {}, "peak " + peak)),
		make("svg", { viewBox: "0 0 300 46", preserveAspectRatio: "none", role: "img", "aria-label": text, "class": full ? "full" : "" },
			make("path", { d: area, "class": "area" }), make("path", { d: line, "class": "line" })));
}
function service(s, now, started) {
	const program = s.handler === "program", h = remember(s, now, started);
	const figures = make("dl", {}, program ? figure("Running", s.ready + " ", "of " + s.max_workers)
		: figure("Busy", s.busy + " ", "of " + s.max_workers), figure("Queue", s.queue + " ", "of " + s.queue_limit));
	if (!program)
		figures.append(figure("Rate", rate(s.connections_per_second), "/s"), figure("Served", s.connections),
			trouble("Failed", s.connections_failed), trouble("Timed out", s.connections_timed_out),
			trouble("Refused", (s.refused_by_rule || 0) + (s.refused_by_source || 0) + (s.refused_by_proxy || 0)));
	const left = make("div", {}, figures, ...s.pools.flatMap(pool));
	const ends = Object.entries(s.ends).filter(e => e[1] > 0).map(e => e[0] + " " + e[1]);
	if (ends.length)
		left.append(make("p", { "class": "ends" }, "Ended: " + ends.join(", ")));
	const charts = make("div", { "class": "charts" }, chart("Queue", h.queue, "", s.queue >= s.queue_limit));
	if (!program)
		charts.append(chart("Connections", h.rate, "/s"));
	const says = s.advice.map((t, i) => make("p", { "class": s.failure && i === 0 ? "say bad" : "say" }, t));
	return make("section", { "data-name": s.name },
		make("div", { "class": "title" }, make("h2", {}, s.name), make("span", { "class": "pill " + s.state }, s.state),
			make("p", { "class": "where" }, s.handler + (s.addresses.length ? " on " : "") + s.addresses.join(", "))),
		...says, make("div", { "class": "body" }, left, charts));
}
function draw(status) {
	const m = status.manager, now = performance.now();
	document.getElementById("daemon").replaceChildren(make("span", { "class": "pill " + m.state }, m.state),
		make("p", {}, m.version + ", for " + duration(m.uptime_usec) + ", pid " + m.pid + ", " +
			(m.config_file || "no configuration file")));
	document.getElementById("services").replaceChildren(...(status.services.length
		? status.services.map(s => service(s, now, m.started_usec)) : [make("p", {}, "No service is enabled.")]));
}
async function look() {
	const live = document.getElementById("live");
	let lost = "";
	try {
		const answer = await fetch("status.json", { cache: "no-store", signal: AbortSignal.timeout(10000) });
		const status = await answer.json();
		if (status.manager)
			draw(status);
		else
			lost = "preforkd does not answer";
	} catch (error) {
		lost = "no answer";
	}
	document.body.className = lost ? "lost" : "";
	live.className = lost ? "pill live" : "pill live serving";
	live.textContent = lost || "live";
	live.hidden = false;
}
(async function () {
	for (;;) {
		if (!document.hidden)
			await look();
		await new Promise(done => setTimeout(done, EVERY));
	}
})();
