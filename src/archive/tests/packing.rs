//! Makes bundles and compressed contents for tests, byte by byte where they are to be odd.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// A member to be written.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    name: Vec<u8>,
    letter: u8,
    content: Vec<u8>,
    /// The size that the header gives, where it is not that of the content.
    pub(super) size: Option<u64>,
}

impl Entry {
    pub(super) fn of(letter: u8, name: &str, content: &[u8]) -> Self {
        Self {
            name: name.into(),
            letter,
            content: content.to_vec(),
            size: None,
        }
    }

    pub(super) fn file(name: &str, content: &[u8]) -> Self {
        Self::of(b'0', name, content)
    }

    pub(super) fn named(name: &[u8], content: &[u8]) -> Self {
        Self {
            name: name.to_vec(),
            ..Self::file("", content)
        }
    }
}

/// Writes a tar archive, two blocks of zeros at its end.
pub(super) fn tar(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend(tar_header(entry));
        bytes.extend(&entry.content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

pub(super) fn tar_header(entry: &Entry) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..entry.name.len()].copy_from_slice(&entry.name);
    let size = entry.size.unwrap_or(entry.content.len() as u64);
    block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    block[156] = entry.letter;
    block[257..265].copy_from_slice(b"ustar\x0000");
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block
}

/// Writes a zip archive.
pub(super) fn zip(entries: &[Entry]) -> Vec<u8> {
    zip_with(entries, &|_| {})
}

/// Writes a zip archive whose list was changed.
pub(super) fn zip_with(entries: &[Entry], change: &dyn Fn(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut list = Vec::new();
    for entry in entries {
        let offset = bytes.len() as u32;
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&entry.content).unwrap();
        let packed = encoder.finish().unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(&entry.content);
        let mut common = Vec::new();
        for number in [20_u16, 0, 8, 0, 0] {
            common.extend(number.to_le_bytes());
        }
        for number in [crc.sum(), packed.len() as u32, entry.content.len() as u32] {
            common.extend(number.to_le_bytes());
        }
        common.extend((entry.name.len() as u32).to_le_bytes());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(&entry.name);
        bytes.extend(&packed);
        let mut listed = b"PK\x01\x02\x14\0".to_vec();
        listed.extend(&common);
        listed.extend([0; 10]);
        listed.extend(offset.to_le_bytes());
        listed.extend(&entry.name);
        list.push(listed);
    }
    change(&mut list);
    let (start, count) = (bytes.len() as u32, list.len() as u16);
    let listed = list.concat();
    bytes.extend(&listed);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    bytes.extend((listed.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

pub(super) fn bzip2(content: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn xz(content: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::default();
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn zstd(content: &[u8]) -> Vec<u8> {
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    ruzstd::encoding::compress_to_vec(content, level)
}
