//! Prints any `Serialize` value as block YAML that every reader, YAML 1.1 or 1.2, reads back as the same value;
//! the one that counts is the Go parser inside kubectl.
//!
//! A string is plain where no reader can take it for anything else, a `|` block where it has lines that a block keeps
//! exactly, and double quoted otherwise. There is no folding, no anchor, no tag, no comment and no document marker,
//! and nothing is sorted or left out: order and absence are the business of the values.

mod text;

use std::fmt::{self, Arguments, Write};
use std::mem;

use serde::ser::{self, Serialize, Serializer};

/// Appends `value` to `out` as one YAML document without a `---` line, ending in a line break.
///
/// # Panics
///
/// When a map has a list or a map as its key, or a `Serialize` of `T` gives up by itself; the values of this crate
/// do neither.
pub fn print<T: Serialize + ?Sized>(value: &T, out: &mut String) {
    value
        .serialize(Printer { out, place: Place::Root, indent: 0 })
        .expect("writing to a string cannot fail, and every key here is a scalar");
}

/// Where the next value goes, which is where the cursor stands.
#[derive(Clone, Copy)]
enum Place {
    /// At the start of the document.
    Root,
    /// At the start of a map's line.
    Key,
    /// Right after the `:` of a key.
    Value,
    /// Right after the `-` of a list item.
    Item,
}

/// Prints one value: `indent` is the column of the map or list that it belongs to.
struct Printer<'a> {
    out: &'a mut String,
    place: Place,
    indent: usize,
}

/// A map or list under way: `printer` stands where it began, `indent` is the column of its own keys or dashes.
struct Block<'a> {
    printer: Printer<'a>,
    indent: usize,
    empty: &'static str,
    begun: bool,
}

/// The name of a type, field or variant.
type Name = &'static str;
type Opened<'a> = Result<Block<'a>, fmt::Error>;

impl<'a> Printer<'a> {
    fn list(self) -> Opened<'a> {
        self.block(0, "[]")
    }

    fn map(self) -> Opened<'a> {
        self.block(2, "{}")
    }

    /// Opens a map or list that stands `step` columns to the right of the key it is the value of.
    fn block(self, step: usize, empty: &'static str) -> Opened<'a> {
        let indent = match self.place {
            Place::Root => 0,
            Place::Value => self.indent + step,
            Place::Item => self.indent + 2,
            Place::Key => return Err(fmt::Error),
        };
        Ok(Block { printer: self, indent, empty, begun: false })
    }

    /// Opens the map of one entry that an enum variant with a payload is, and goes to its value.
    fn variant(self, name: &str) -> Result<Printer<'a>, fmt::Error> {
        let mut map = self.map()?;
        map.key(name)?;
        let Block { printer, indent, .. } = map;
        Ok(Printer { out: printer.out, place: Place::Value, indent })
    }

    /// Prints a scalar that is not a string; as a key it is quoted, since Kubernetes has only string keys.
    fn token(self, text: Arguments<'_>) -> fmt::Result {
        match self.place {
            Place::Key => write!(self.out, "\"{text}\""),
            Place::Root => writeln!(self.out, "{text}"),
            Place::Value | Place::Item => writeln!(self.out, " {text}"),
        }
    }

    /// Prints a float from its shortest digits as Rust has them: YAML 1.1 wants a point in the mantissa and a sign on
    /// the exponent, and other words for what is not a number.
    fn float(self, digits: &str) -> fmt::Result {
        match (digits, digits.split_once('e')) {
            ("NaN", _) => self.token(format_args!(".nan")),
            ("inf", _) => self.token(format_args!(".inf")),
            ("-inf", _) => self.token(format_args!("-.inf")),
            (_, None) => self.token(format_args!("{digits}")),
            (_, Some((mantissa, exponent))) => {
                let point = if mantissa.contains('.') { "" } else { ".0" };
                let sign = if exponent.starts_with('-') { "" } else { "+" };
                self.token(format_args!("{mantissa}{point}e{sign}{exponent}"))
            }
        }
    }

    fn text(self, text: &str) -> fmt::Result {
        match self.place {
            Place::Key => return text::key(text, self.indent, self.out),
            Place::Root => {}
            Place::Value | Place::Item => self.out.push(' '),
        }
        text::value(text, self.indent, self.out)
    }
}

impl Block<'_> {
    /// Moves to where the next entry starts: the first entry of a list item stands on the line of the dash.
    fn entry(&mut self) {
        let first = !mem::replace(&mut self.begun, true);
        let out = &mut *self.printer.out;
        match self.printer.place {
            Place::Item if first => return out.push(' '),
            Place::Value if first => out.push('\n'),
            _ => {}
        }
        text::pad(self.indent, out);
    }

    fn at(&mut self, place: Place) -> Printer<'_> {
        Printer { out: self.printer.out, place, indent: self.indent }
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> fmt::Result {
        self.entry();
        key.serialize(self.at(Place::Key))?;
        self.printer.out.push(':');
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        value.serialize(self.at(Place::Value))
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        self.entry();
        self.printer.out.push('-');
        value.serialize(self.at(Place::Item))
    }

    fn close(self) -> fmt::Result {
        if self.begun { Ok(()) } else { self.printer.token(format_args!("{}", self.empty)) }
    }
}

macro_rules! tokens {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, v: $type) -> fmt::Result {
            self.token(format_args!("{v}"))
        }
    )*};
}

impl<'a> Serializer for Printer<'a> {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeSeq = Block<'a>;
    type SerializeTuple = Block<'a>;
    type SerializeTupleStruct = Block<'a>;
    type SerializeTupleVariant = Block<'a>;
    type SerializeMap = Block<'a>;
    type SerializeStruct = Block<'a>;
    type SerializeStructVariant = Block<'a>;

    tokens!(serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64);
    tokens!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);

    fn serialize_f32(self, v: f32) -> fmt::Result {
        self.float(&format!("{v:?}"))
    }

    fn serialize_f64(self, v: f64) -> fmt::Result {
        self.float(&format!("{v:?}"))
    }

    fn serialize_char(self, v: char) -> fmt::Result {
        self.text(v.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, v: &str) -> fmt::Result {
        self.text(v)
    }

    fn serialize_bytes(self, v: &[u8]) -> fmt::Result {
        v.serialize(self)
    }

    fn serialize_none(self) -> fmt::Result {
        self.token(format_args!("null"))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> fmt::Result {
        value.serialize(self)
    }

    fn serialize_unit(self) -> fmt::Result {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: Name) -> fmt::Result {
        self.serialize_none()
    }

    fn serialize_unit_variant(self, _: Name, _: u32, variant: Name) -> fmt::Result {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: Name, value: &T) -> fmt::Result {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, _: Name, _: u32, variant: Name, value: &T) -> fmt::Result {
        value.serialize(self.variant(variant)?)
    }

    fn serialize_seq(self, _: Option<usize>) -> Opened<'a> {
        self.list()
    }

    fn serialize_tuple(self, _: usize) -> Opened<'a> {
        self.list()
    }

    fn serialize_tuple_struct(self, _: Name, _: usize) -> Opened<'a> {
        self.list()
    }

    fn serialize_tuple_variant(self, _: Name, _: u32, variant: Name, _: usize) -> Opened<'a> {
        self.variant(variant)?.list()
    }

    fn serialize_map(self, _: Option<usize>) -> Opened<'a> {
        self.map()
    }

    fn serialize_struct(self, _: Name, _: usize) -> Opened<'a> {
        self.map()
    }

    fn serialize_struct_variant(self, _: Name, _: u32, variant: Name, _: usize) -> Opened<'a> {
        self.variant(variant)?.map()
    }
}

macro_rules! lists {
    ($($kind:ident $method:ident),*) => {$(
        impl ser::$kind for Block<'_> {
            type Ok = ();
            type Error = fmt::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
                self.item(value)
            }

            fn end(self) -> fmt::Result {
                self.close()
            }
        }
    )*};
}

macro_rules! structs {
    ($($kind:ident),*) => {$(
        impl ser::$kind for Block<'_> {
            type Ok = ();
            type Error = fmt::Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: Name, value: &T) -> fmt::Result {
                self.key(name)?;
                self.value(value)
            }

            fn end(self) -> fmt::Result {
                self.close()
            }
        }
    )*};
}

lists!(SerializeSeq serialize_element, SerializeTuple serialize_element);
lists!(SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);
structs!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Block<'_> {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> fmt::Result {
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        self.value(value)
    }

    fn end(self) -> fmt::Result {
        self.close()
    }
}
