// Shows how far the evidence of a change is, and reads the page anew when it is there.

const SECONDS = 1;

const place = document.getElementById("progress");
const words = place.querySelector("span");
const { address } = place.dataset;

async function look() {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const progress = await answer.json();
  if (progress.is_there) {
    location.reload();
    return;
  }
  if (progress.words !== "" && words.textContent !== progress.words) words.textContent = progress.words;
}

async function follow() {
  try {
    await look();
  } catch {
    // The service cannot be reached now; the next time it may be.
  }
  setTimeout(follow, SECONDS * 1000);
}

setTimeout(follow, SECONDS * 1000);
