// Says what is new since a page was made, without reloading it: one stream of news for all tabs of a browser.
//
// A page marks the place for it by `data-live` (the address of the stream) and `data-after` (the place of the log up to
// which it shows everything); its other `data-` attributes are the words. Without scripts the place stays empty.

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60000;
const REMEMBERED = 200;
const NAME = "channelgate-news";

/** Shows in one element how much is new, and in the title how many urgent requests are. */
class Notice {
  constructor(element) {
    this.element = element;
    this.words = element.dataset;
    this.status = element.querySelector("[role=status]");
    this.title = document.title;
    this.shown = Number(this.words.after);
    this.newest = this.shown;
    this.seen = new Set();
    this.urgent = 0;
    this.hasNews = false;
    this.isEnded = false;
  }

  take(item) {
    if (item.sequence <= this.shown || this.seen.has(item.sequence)) return;
    this.seen.add(item.sequence);
    this.newest = Math.max(this.newest, item.sequence);
    if (this.words.case && item.id !== this.words.case && item.type !== "gap") return;
    if (item.type === "request.urgent") this.urgent += 1;
    this.hasNews = true;
    this.show();
  }

  show() {
    const { urgent } = this;
    document.title = urgent ? `(${urgent}) ${this.title}` : this.title;
    const count = urgent === 1 ? this.words.one : this.words.other.replace("{n}", String(urgent));
    this.say("wait", urgent ? count : this.words.changed, this.words.reload, location.pathname + location.search);
    this.element.dispatchEvent(new CustomEvent("channelgate:news", { bubbles: true, detail: { urgent } }));
  }

  showEnd() {
    if (this.isEnded) return;
    this.isEnded = true;
    const here = encodeURIComponent(location.pathname + location.search);
    this.say("bad", this.words.ended, this.words.signIn, `/sign-in?next=${here}`);
  }

  showAgain() {
    if (!this.isEnded) return;
    this.isEnded = false;
    this.status.className = "";
    this.status.replaceChildren();
    if (this.hasNews) this.show();
  }

  say(kind, text, linkText, address) {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = linkText;
    this.status.className = `note ${kind}`;
    this.status.replaceChildren(`${text} `, link);
  }
}

/** Reads the stream, and opens it again whatever became of it, after waits that grow. */
class Reader {
  constructor(address, after, deliver) {
    this.address = address;
    this.after = after;
    this.deliver = deliver;
    this.wait = FIRST_WAIT;
    this.source = null;
    this.timer = 0;
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
  }

  open() {
    const source = this.source = new EventSource(`${this.address}?after=${this.after}`);
    source.onopen = () => {
      this.wait = FIRST_WAIT;
      this.deliver({ type: "open" });
    };
    source.onmessage = (event) => {
      const { type, data } = JSON.parse(event.data);
      this.pass({ type, id: data.id, sequence: Number(event.lastEventId) });
    };
    source.addEventListener("gap", (event) => {
      this.pass({ type: "gap", id: "", sequence: Number(event.lastEventId) });
    });
    source.addEventListener("end", (event) => {
      const { reason } = JSON.parse(event.data);
      if (reason === "sign_in_ended") this.deliver({ type: "end" });
      this.openLater(source);
    });
    source.onerror = () => {
      // After an answer that is no stream (401, 429, 503) the browser gives up for good.
      if (source.readyState !== EventSource.CLOSED) return;
      this.openLater(source);
      this.findReason();
    };
  }

  async findReason() {
    try {
      const { status } = await fetch(this.address, { method: "HEAD" });
      if (status === 401 || status === 403) this.deliver({ type: "end" });
    } catch {
      // Nobody answers; the next try will show.
    }
  }

  openLater(source) {
    source.close();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  pass(item) {
    this.after = Math.max(this.after, item.sequence);
    this.deliver(item);
  }
}

function start(notice) {
  const channel = navigator.locks ? new BroadcastChannel(NAME) : null;
  const recent = [];
  let reads = false;

  function take(item) {
    if (item.type === "end") notice.showEnd();
    else if (item.type === "open") notice.showAgain();
    else notice.take(item);
  }

  function makeReader() {
    return new Reader(notice.words.live, notice.newest, (item) => {
      if (item.sequence !== undefined) recent.push(item);
      recent.splice(0, recent.length - REMEMBERED);
      channel?.postMessage(item);
      take(item);
    });
  }

  if (channel === null) {
    // The page came over plain HTTP: each tab that is seen reads for itself, since a browser opens few connections.
    const reader = makeReader();
    const follow = () => (document.hidden ? reader.close() : reader.open());
    document.addEventListener("visibilitychange", follow);
    follow();
    return;
  }
  channel.onmessage = (event) => {
    if (event.data.type !== "ask") take(event.data);
    else if (reads) recent.forEach((item) => channel.postMessage(item));
  };
  channel.postMessage({ type: "ask" });
  navigator.locks.request(NAME, () => {
    reads = true;
    makeReader().open();
    return new Promise(() => {}); // until the tab is closed; then another one reads
  });
}

for (const element of document.querySelectorAll("[data-live]")) start(new Notice(element));
