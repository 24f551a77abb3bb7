/* Drafts on this phone: in IndexedDB; in localStorage where that is missing (some in-app browsers); in memory where nothing keeps, which is said. */
(function () {
  'use strict';
  const own = window.BulouRunner;
  const NAME = 'bulou-drafts', STORE = 'drafts';

  function Conflict(record) { this.record = record; }

  /* Photographs are kept as bytes: older engines lose a Blob that lies in a database. */
  function packed(record) {
    return Promise.all((record.files || []).map(function (file) {
      if (!(file.blob instanceof Blob)) return file;
      return read(file.blob).then(function (bytes) { return { name: file.name, type: file.blob.type, bytes: bytes }; });
    })).then(function (files) { return Object.assign({}, record, { files: files }); });
  }
  function unpacked(record) {
    if (!record) return null;
    const files = (record.files || []).map(function (file) { return file.bytes ? { name: file.name, blob: new Blob([file.bytes], { type: file.type }) } : file; });
    return Object.assign({}, record, { files: files });
  }
  function read(blob) {
    return new Promise(function (resolve, reject) {
      const reader = new FileReader();
      reader.onload = function () { resolve(reader.result); };
      reader.onerror = reject;
      reader.readAsArrayBuffer(blob);
    });
  }

  /* ---- IndexedDB ---- */
  function Disk(database) { this.where = 'disk'; this.database = database; }
  Disk.prototype.run = function (mode, work) {
    const database = this.database;
    return new Promise(function (resolve, reject) {
      const transaction = database.transaction(STORE, mode);
      const given = { value: null };
      transaction.oncomplete = function () { resolve(given.value); };
      transaction.onerror = transaction.onabort = function () { reject(given.problem || transaction.error); };
      work(transaction.objectStore(STORE), given, transaction);
    });
  };
  Disk.prototype.get = function (key) {
    return this.run('readonly', function (store, given) {
      store.get(key).onsuccess = function (event) { given.value = event.target.result || null; };
    }).then(unpacked);
  };
  /* Written over only what was read: `rev` is that of the record this page knows, null for none. Another window's is never overwritten. */
  Disk.prototype.put = function (key, record, rev) {
    const disk = this;
    return packed(record).then(function (whole) {
      return disk.run('readwrite', function (store, given, transaction) {
        store.get(key).onsuccess = function (event) {
          const there = event.target.result || null;
          if ((there ? there.rev : null) !== rev) {
            given.problem = new Conflict(unpacked(there));
            transaction.abort();
            return;
          }
          whole.rev = given.value = (rev || 0) + 1;
          store.put(whole, key);
        };
      });
    });
  };
  Disk.prototype.remove = function (key) { return this.run('readwrite', function (store) { store.delete(key); }); };

  /* ---- localStorage, or nothing but this page's memory ---- */
  function Text(storage) { this.where = storage ? 'text' : 'memory'; this.storage = storage; this.kept = {}; }
  Text.prototype.load = function (key) {
    const text = this.storage ? this.storage.getItem('bulou.draft.' + key) : this.kept[key];
    return text ? JSON.parse(text) : null;
  };
  Text.prototype.get = function (key) {
    const record = this.load(key);
    if (record) record.files = (record.files || []).map(function (file) { return { name: file.name, blob: blobOf(file.url) }; });
    return Promise.resolve(record);
  };
  Text.prototype.put = function (key, record, rev) {
    const text = this;
    const there = this.load(key);
    if ((there ? there.rev : null) !== rev) return this.get(key).then(function (other) { throw new Conflict(other); });
    return Promise.all((record.files || []).map(function (file) {
      return url(file.blob).then(function (address) { return { name: file.name, url: address }; });
    })).then(function (files) {
      const whole = JSON.stringify(Object.assign({}, record, { files: files, rev: (rev || 0) + 1 }));
      if (text.storage) text.storage.setItem('bulou.draft.' + key, whole);
      else text.kept[key] = whole;
      return (rev || 0) + 1;
    });
  };
  Text.prototype.remove = function (key) {
    if (this.storage) this.storage.removeItem('bulou.draft.' + key);
    delete this.kept[key];
    return Promise.resolve();
  };
  function url(blob) {
    return new Promise(function (resolve, reject) {
      const reader = new FileReader();
      reader.onload = function () { resolve(reader.result); };
      reader.onerror = reject;
      reader.readAsDataURL(blob);
    });
  }
  function blobOf(address) {
    const at = address.indexOf(','), bytes = atob(address.slice(at + 1));
    const codes = new Uint8Array(bytes.length);
    for (let n = 0; n < bytes.length; n++) codes[n] = bytes.charCodeAt(n);
    return new Blob([codes], { type: address.slice(5, address.indexOf(';')) });
  }
  function textual() {
    try {
      window.localStorage.setItem('bulou.try', '1');
      window.localStorage.removeItem('bulou.try');
      return new Text(window.localStorage);
    } catch (refused) { return new Text(null); }
  }

  let opened = null;
  /* The store of this browser: {where: disk | text | memory, get(key), put(key, record, rev) -> rev, remove(key)}. put throws a Conflict. */
  own.drafts = function () {
    if (opened) return opened;
    opened = new Promise(function (resolve) {
      let request;
      try { request = window.indexedDB.open(NAME, 1); } catch (missing) { resolve(textual()); return; }
      if (!request) { resolve(textual()); return; }
      request.onupgradeneeded = function () { request.result.createObjectStore(STORE); };
      request.onsuccess = function () { resolve(new Disk(request.result)); };
      request.onerror = request.onblocked = function () { resolve(textual()); };
    });
    return opened;
  };
  own.drafts.Conflict = Conflict;
})();
