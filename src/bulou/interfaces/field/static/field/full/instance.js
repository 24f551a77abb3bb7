// Submissions as the engine gives them, made ours; and values written into an empty form.

const OPENROSA = "http://openrosa.org/xforms";
const parse = (text) => new DOMParser().parseFromString(text, "text/xml");
const write = (xml) => new XMLSerializer().serializeToString(xml);

/** The submission of an engine's payload: {instanceId, xml, files, title}. A draft opened again keeps the instanceID it began with. */
export async function submissionOf(payload, instanceId, draft) {
  const parts = await Promise.all((await Promise.all(payload.data)).map((data) => [...data.entries()]));
  const entries = parts.flat();
  const xml = parse(await entries.find(([name]) => name === "xml_submission_file")[1].text());
  const id = meta(xml, "instanceID");
  const wanted = (draft && draft.instanceId) || instanceId;
  if (wanted && id) {
    id.textContent = wanted;
    meta(xml, "deprecatedID")?.remove();
  }
  const files = entries.filter(([name, value]) => name !== "xml_submission_file" && value instanceof File).map(([, file]) => file);
  return { instanceId: id ? id.textContent : wanted, xml: write(xml), files, title: meta(xml, "instanceName")?.textContent ?? "" };
}

function meta(xml, name) {
  return xml.getElementsByTagNameNS(OPENROSA, name)[0] ?? [...xml.getElementsByTagName(name)].find((one) => one.parentNode.localName === "meta") ?? null;
}

/** The form with values written into its empty instance; a path that is not there is an error of the caller's. */
export function prefilled(xform, values) {
  if (!Object.keys(values).length) return xform;
  const xml = parse(xform);
  const root = xml.getElementsByTagName("instance")[0].firstElementChild;
  for (const [path, value] of Object.entries(values)) {
    const node = path.split("/").reduce((at, step) => at && [...at.children].find((one) => one.localName === step), root);
    if (!node) throw new Error("no question " + path);
    node.textContent = value;
  }
  return write(xml);
}
