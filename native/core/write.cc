#include "core/write.h"

#include <unistd.h>

#include "core/scan.h"

namespace polyfst {

namespace {

template <std::size_t N>
void set_text(std::array<char, N>& to, const std::optional<std::string>& text, const char* name) {
  if (!text) return;
  if (text->size() > N) {
    throw Error(Code::bad_value, std::string(name) + " '" + *text + "' is longer than " + std::to_string(N) + " characters");
  }
  to.fill(' ');
  std::copy(text->begin(), text->end(), to.begin());
}

template <class T>
void set_number(T& to, const std::optional<T>& value) {
  if (value) to = *value;
}

void append_to_existing(const std::string& path, Container container, std::vector<RecordBytes>& records) {
  OutputFile file(path);
  if (detect(file) != container) {
    throw Error(Code::type_mismatch, container == Container::xdf ? "the file is RSF, the records are XDF"
                                                                 : "the file is XDF, the records are RSF");
  }
  container == Container::xdf ? xdf::append(file, records) : rsf::append(file, records);
}

}  // namespace

bool KeyChanges::any() const {
  return nomvar || typvar || etiket || grtyp || ip1 || ip2 || ip3 || ig1 || ig2 || ig3 || ig4 || deet || npas || dateo;
}

void KeyChanges::apply(Record& record) const {
  set_text(record.nomvar, nomvar, "nomvar");
  set_text(record.typvar, typvar, "typvar");
  set_text(record.etiket, etiket, "etiket");
  if (grtyp) {
    if (grtyp->size() != 1) throw Error(Code::bad_value, "grtyp '" + *grtyp + "' is not one character");
    record.grtyp = grtyp->front();
  }
  set_number(record.ip1, ip1);
  set_number(record.ip2, ip2);
  set_number(record.ip3, ip3);
  set_number(record.ig1, ig1);
  set_number(record.ig2, ig2);
  set_number(record.ig3, ig3);
  set_number(record.ig4, ig4);
  set_number(record.deet, deet);
  set_number(record.npas, npas);
  set_number(record.dateo, dateo);
}

void append(const std::string& path, Container container, std::vector<RecordBytes> records) {
  if (::access(path.c_str(), F_OK) != 0) {
    const auto fill = [&](OutputFile& file) {
      container == Container::xdf ? xdf::begin(file) : rsf::begin(file);
      container == Container::xdf ? xdf::append(file, records) : rsf::append(file, records);
    };
    if (create_atomically(path, fill)) return;
  }
  append_to_existing(path, container, records);
}

void edit(const std::string& path, const std::vector<Edit>& edits) {
  OutputFile file(path);
  detect(file) == Container::xdf ? xdf::edit(file, edits) : rsf::edit(file, edits);
}

}  // namespace polyfst
