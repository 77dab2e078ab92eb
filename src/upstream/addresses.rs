//! Sets of IP addresses, as networks: whom a policy by networks admits is a question about whole ranges.

use std::fmt;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// A set of IP addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    /// The largest networks that make it up, in order. None lies in another, and no two make up a larger one.
    networks: Vec<IpNet>,
}

impl Addresses {
    /// Every address.
    pub(crate) fn everywhere() -> Self {
        Self { networks: vec![Ipv4Net::default().into(), Ipv6Net::default().into()] }
    }

    /// No address.
    pub(crate) fn nowhere() -> Self {
        Self { networks: Vec::new() }
    }

    /// The addresses of these networks.
    pub(crate) fn of(networks: impl IntoIterator<Item = IpNet>) -> Self {
        let networks: Vec<IpNet> = networks.into_iter().map(|network| network.trunc()).collect();
        Self { networks: IpNet::aggregate(&networks) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    /// Whether each address of the other is one of these.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        other.networks.iter().all(|inner| self.networks.iter().any(|outer| outer.contains(inner)))
    }

    /// The addresses of either.
    pub(crate) fn union(&self, other: &Self) -> Self {
        Self { networks: IpNet::aggregate(&[self.networks.as_slice(), &other.networks].concat()) }
    }

    /// The addresses of both.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let of_other = other.networks.iter().filter(|inner| self.networks.iter().any(|outer| outer.contains(*inner)));
        let of_self = self.networks.iter().filter(|inner| other.networks.iter().any(|outer| outer.contains(*inner)));
        Self::of(of_other.chain(of_self).copied())
    }
}

/// As a person writes it: `10.0.0.0/8, fd00::/8`.
impl fmt::Display for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let networks: Vec<String> = self.networks.iter().map(ToString::to_string).collect();
        f.write_str(&networks.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::Addresses;

    fn addresses(networks: &[&str]) -> Addresses {
        Addresses::of(networks.iter().map(|network| network.parse().expect("a network")))
    }

    #[test]
    fn halves_cover_the_whole() {
        let halves = addresses(&["0.0.0.0/1", "128.0.0.0/1", "::/0"]);
        assert_eq!(halves, Addresses::everywhere());
        assert!(halves.covers(&addresses(&["10.0.0.0/8", "fd00::/8"])));
        assert!(!addresses(&["0.0.0.0/0"]).covers(&Addresses::everywhere()), "IPv6 is another range");
        assert!(Addresses::nowhere().is_empty() && addresses(&["10.0.0.0/8"]).covers(&Addresses::nowhere()));
    }

    #[test]
    fn an_intersection_is_the_narrower_of_two_networks() {
        let both = addresses(&["10.0.0.0/8", "192.0.2.0/24"]).intersection(&addresses(&["10.1.0.0/16", "203.0.113.0/24"]));
        assert_eq!(both.to_string(), "10.1.0.0/16");
        assert!(addresses(&["10.0.0.0/8"]).intersection(&addresses(&["fd00::/8"])).is_empty());
    }

    #[test]
    fn a_network_is_written_by_its_first_address() {
        assert_eq!(addresses(&["10.1.2.3/16", "10.0.0.0/16"]).to_string(), "10.0.0.0/15");
    }
}
