// The engine as frame.js uses it: open(element, given) → {payload, close}. Vue and its component library stay inside.

globalThis.__bulouWord ??= (sentence) => sentence;

const { createApp, h } = await import("vue");
const { OdkWebForm, webFormsPlugin } = await import("@getodk/web-forms");

export function open(element, { xform, media, draft, device, locale, onSubmit }) {
  const fetchFormAttachment = async (address) => media(new URL(address));
  const editInstance = draft && {
    resolveInstance: async () => draft.xml,
    attachmentFileNames: draft.files.map((file) => file.name),
    resolveAttachment: async (name) => {
      const file = draft.files.find((one) => one.name === name);
      return new Response(file ?? null, { status: file ? 200 : 404 });
    },
  };
  const app = createApp({
    render: () =>
      h(OdkWebForm, {
        formXml: xform,
        fetchFormAttachment,
        missingResourceBehavior: "BLANK",
        preloadProperties: { deviceID: device },
        ...(editInstance ? { editInstance } : {}),
        onSubmit: (payload, callback) => onSubmit(payload, callback),
      }),
  });
  app.use(webFormsPlugin);
  const prime = app.config.globalProperties.$primevue;
  if (prime && locale) Object.assign(prime.config.locale, locale);
  app.mount(element);
  return {
    payload: async () => globalThis.__bulouState?.value?.root?.prepareInstancePayload({ payloadType: "monolithic" }) ?? null,
    status: () => globalThis.__bulouState?.value?.status ?? "FORM_STATE_LOADING",
    languages: () => globalThis.__bulouState?.value?.root?.languages ?? [],
    speak: (language) => globalThis.__bulouState?.value?.root?.setLanguage(language),
    close: () => app.unmount(),
  };
}
