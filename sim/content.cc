// SPDX-License-Identifier: Apache-2.0
// Pages that are shared until they change.
#include "sim/content.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "sim/block_pool.h"
#include "sim/summary.h"

namespace wallop::sim {
namespace {

constexpr std::array<std::byte, Content::kPageBytes> kZeros{};
constexpr std::uint64_t kOfZeros = PersistentMap<int>::kNothing;

// The part of [offset, offset + size) that lies in one page.
struct InPage {
  std::uint64_t index;
  std::uint64_t at;    // Bytes into the page.
  std::uint64_t size;  // Bytes.
  [[nodiscard]] bool is_whole() const { return size == Content::kPageBytes; }
};

// Calls visit(part, bytes before it) for each page that the range touches.
template <class Visit>
void for_pages(std::uint64_t offset, std::uint64_t size, Visit&& visit) {
  for (std::uint64_t done = 0; done < size;) {
    const std::uint64_t at = (offset + done) % Content::kPageBytes;
    const InPage part{(offset + done) / Content::kPageBytes, at,
                      std::min(size - done, Content::kPageBytes - at)};
    visit(part, done);
    done += part.size;
  }
}

}  // namespace

void Content::read(std::uint64_t offset, std::span<std::byte> into) const {
  for_pages(offset, into.size(), [&](const InPage& part, std::uint64_t done) {
    const Page* page = pages_.find(part.index);
    const std::byte* bytes = page != nullptr && page->bytes != nullptr ? page->bytes.get() : kZeros.data();
    std::memcpy(into.data() + done, bytes + part.at, part.size);
  });
}

std::byte* Content::change(std::uint64_t index) {
  Page& page = pages_.change(index);
  page.hash = 0;
  if (!page.is_own || page.bytes.use_count() != 1) {
    auto copy = pooled_bytes(kPageBytes);
    std::memcpy(copy.get(), page.bytes == nullptr ? kZeros.data() : page.bytes.get(), kPageBytes);
    page.bytes = std::move(copy);
    page.is_own = true;
  }
  return const_cast<std::byte*>(page.bytes.get());  // Made above or by an earlier call, as mutable bytes.
}

void Content::write(std::uint64_t offset, io::Bytes bytes) {
  for_pages(offset, bytes.size(), [&](const InPage& part, std::uint64_t done) {
    std::memcpy(change(part.index) + part.at, bytes.data() + done, part.size);
  });
}

void Content::write(std::uint64_t offset, const Payload& payload, std::uint64_t payload_offset,
                    std::uint64_t size) {
  if (payload.is_zeros()) return zero(offset, size);
  for_pages(offset, size, [&](const InPage& part, std::uint64_t done) {
    if (part.is_whole()) {
      pages_.set(part.index, {payload.share(payload_offset + done), false, 0});
    } else {
      std::byte* page = change(part.index);
      payload.copy(payload_offset + done, {page + part.at, part.size});
    }
  });
}

void Content::copy_from(const Content& from, std::uint64_t offset, std::uint64_t size) {
  for_pages(offset, size, [&](const InPage& part, std::uint64_t) {
    const Page* page = from.pages_.find(part.index);
    if (page == nullptr || page->bytes == nullptr) return zero(part.index * kPageBytes + part.at, part.size);
    if (part.is_whole()) return pages_.set(part.index, *page);
    std::memcpy(change(part.index) + part.at, page->bytes.get() + part.at, part.size);
  });
}

void Content::zero(std::uint64_t offset, std::uint64_t size) {
  const std::uint64_t end = offset + size;
  std::uint64_t at = offset;
  while (at < end) {  // Visits the pages that are there, however long the range.
    const auto [index, page] = pages_.first_from(at / kPageBytes);
    if (page == nullptr || index * kPageBytes >= end) return;
    const std::uint64_t begin = std::max(at, index * kPageBytes);
    at = std::min(end, (index + 1) * kPageBytes);
    if (at - begin == kPageBytes) {
      pages_.erase(index);
    } else {
      std::memset(change(index) + begin % kPageBytes, 0, at - begin);
    }
  }
}

bool Content::is_zero(std::uint64_t offset, std::uint64_t size) const {
  bool all_zero = true;
  for_pages(offset, size, [&](const InPage& part, std::uint64_t) {
    const Page* page = pages_.find(part.index);
    if (page != nullptr && page->bytes != nullptr)
      all_zero = all_zero && std::memcmp(page->bytes.get() + part.at, kZeros.data(), part.size) == 0;
  });
  return all_zero;
}

// Of the first `size` bytes of a page; zeros have one hash, however they are kept.
std::uint64_t Content::hash(const Page& page, std::uint64_t size) {
  if (page.bytes == nullptr) return kOfZeros;
  if (size == kPageBytes && page.hash != 0) return page.hash;
  const bool is_zero = std::memcmp(page.bytes.get(), kZeros.data(), size) == 0;
  const std::uint64_t hash = is_zero ? kOfZeros : std::max(XXH3_64bits(page.bytes.get(), size), kOfZeros + 1);
  if (size == kPageBytes) page.hash = hash;
  return hash;
}

std::uint64_t Content::hash(std::uint64_t size) const {
  const std::uint64_t whole = size / kPageBytes;
  Summary summary;
  summary.add(pages_.digest(whole, [](const Page& page) { return hash(page, kPageBytes); }));
  const Page* last = size % kPageBytes == 0 ? nullptr : pages_.find(whole);
  summary.add(last == nullptr ? kOfZeros : hash(*last, size % kPageBytes));
  return summary.value();
}

}  // namespace wallop::sim
