//! Scenes: calls against a small model of EC2, with what CloudTrail would write of them.
//!
//! A call that the model cannot do fails as EC2 would have it fail; some fail for other reasons, some
//! are dry runs, and of some nobody can say. Calls often share a second. The beginning of a scene, and
//! single records of it, may be missing from the archive.

mod world;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use self::world::World;
use super::evidence::Calls;
use super::piles::actor;

/// One step of a scene: what is done to which things, how much later, and how it goes.
type Step = (u8, u8, u8, u8, u8);

/// Makes scenes in two accounts and two regions.
pub(super) fn scenes(steps_max: usize) -> impl Strategy<Value = Calls> {
    let step = (0..26_u8, 0..6_u8, 0..6_u8, 0..8_u8, 0..24_u8);
    let places = prop_oneof![2 => Just(1_u8), 1 => Just(4)];
    let missing = (0..4_usize, vec(prop::bool::weighted(0.06), steps_max));
    (vec(step, 4..steps_max), places, missing).prop_map(|(steps, places, (skip, gaps))| {
        let played = play(&steps, places).into_iter().enumerate();
        let kept = played.filter(|(number, _)| *number >= skip && !gaps[number % gaps.len()]);
        Calls(kept.map(|(_, record)| record).collect())
    })
}

fn play(steps: &[Step], places: u8) -> Vec<Value> {
    let mut worlds: Vec<World> = (0..places).map(World::new).collect();
    let mut second = 0;
    let mut records = Vec::new();
    for (number, (call, one, other, pause, fate)) in steps.iter().enumerate() {
        second += [0, 0, 0, 1, 7, 60, 3_600, 90_000][usize::from(*pause)];
        let world = &mut worlds[(number * 7 + usize::from(*one)) % usize::from(places)];
        if let Some(told) = world.call(*call, usize::from(*one), usize::from(*other), *fate) {
            records.push(world.record(number, second, *other, told));
        }
    }
    records
}

/// What a record tells of a call.
struct Told {
    name: &'static str,
    request: Value,
    outcome: Result<Value, &'static str>,
}

impl World {
    fn record(&self, number: usize, second: i64, who: u8, told: Told) -> Value {
        let start: jiff::Timestamp = "2024-03-01T10:00:00Z".parse().unwrap();
        let time = start + jiff::SignedDuration::from_secs(second);
        let region = ["us-east-1", "eu-west-1"][usize::from(self.number >> 1)];
        let account = ["111122223333", "444455556666"][usize::from(self.number & 1)];
        let mut record = json!({
            "eventVersion": "1.08",
            "userIdentity": actor(who % 3),
            "eventTime": time.to_string(),
            "eventSource": "ec2.amazonaws.com",
            "eventName": told.name,
            "awsRegion": region,
            "sourceIPAddress": format!("198.51.100.{who}"),
            "recipientAccountId": account,
            "eventID": format!("0000-{number:04}"),
            "requestParameters": told.request,
            "responseElements": null,
        });
        match told.outcome {
            Ok(response) => record["responseElements"] = response,
            Err(error) => record["errorCode"] = json!(error),
        }
        record
    }

    /// Makes a call, and tells what CloudTrail writes of it.
    fn call(&mut self, call: u8, one: usize, other: usize, fate: u8) -> Option<Told> {
        let (name, request) = self.request(call, one, other)?;
        let refused = match fate {
            0 => Some("Client.UnauthorizedOperation"),
            1 => Some("Client.DryRunOperation"),
            2 => Some("Server.InternalError"),
            _ => None,
        };
        let outcome = match refused {
            Some("Server.InternalError") if one.is_multiple_of(2) => {
                drop(self.done(name, &request, one, other));
                Err("Server.InternalError")
            }
            Some(error) => Err(error),
            None => self.done(name, &request, one, other),
        };
        Some(Told {
            name,
            request,
            outcome,
        })
    }

    fn request(&mut self, call: u8, one: usize, other: usize) -> Option<(&'static str, Value)> {
        let instance = self.instances[one % self.instances.len()].0.clone();
        let interface = pick(&self.interfaces, one);
        let address = pick(&self.addresses, one);
        let gateway = self.gateways[one % self.gateways.len()].0.clone();
        let vpc = self.vpc(other % 2);
        let of_kind = |classic: bool| {
            let known = self
                .instances
                .iter()
                .filter(|(_, _, kind)| *kind == classic);
            let known: Vec<_> = known.map(|(id, ..)| id.clone()).collect();
            pick(&known, one).cloned()
        };
        Some(match call {
            0 | 1 => ("RunInstances", json!({"subnetId": self.subnet(one % 2)})),
            2 => (
                "TerminateInstances",
                json!({"instancesSet": {"items": [{"instanceId": instance}]}}),
            ),
            3 => (
                "StopInstances",
                json!({"instancesSet": {"items": [{"instanceId": instance}]}}),
            ),
            4 => (
                "CreateNetworkInterface",
                json!({"subnetId": self.subnet(one % 2)}),
            ),
            5..=7 => (
                "AttachNetworkInterface",
                json!({"networkInterfaceId": interface?.id, "deviceIndex": 1,
                    "instanceId": self.instances[other % self.instances.len()].0}),
            ),
            8 | 9 => {
                let attached: Vec<_> = self
                    .interfaces
                    .iter()
                    .filter_map(|known| known.on.as_ref())
                    .collect();
                (
                    "DetachNetworkInterface",
                    json!({"attachmentId": pick(&attached, one)?.id}),
                )
            }
            10 => (
                "DeleteNetworkInterface",
                json!({"networkInterfaceId": interface?.id}),
            ),
            11 => (
                "ModifyNetworkInterfaceAttribute",
                json!({"networkInterfaceId": interface?.id,
                    "groupSet": {"items": [{"groupId": self.group(interface?.vpc, other)}]}}),
            ),
            12 => (
                "ModifyNetworkInterfaceAttribute",
                json!({"networkInterfaceId": interface?.id, "attachment":
                    {"attachmentId": interface?.on.as_ref()?.id, "deleteOnTermination": other.is_multiple_of(2)}}),
            ),
            13 => ("AllocateAddress", json!({"domain": "vpc"})),
            14 | 15 => {
                let on = match other % 2 {
                    0 => ("instanceId", of_kind(false)?),
                    _ => (
                        "networkInterfaceId",
                        pick(&self.interfaces, other)?.id.clone(),
                    ),
                };
                (
                    "AssociateAddress",
                    json!({"allocationId": address?.allocation.as_ref()?, on.0: on.1}),
                )
            }
            16 => {
                let on: Vec<_> = self
                    .addresses
                    .iter()
                    .filter_map(|known| known.on.as_ref())
                    .collect();
                (
                    "DisassociateAddress",
                    json!({"associationId": pick(&on, one)?.0}),
                )
            }
            17 => (
                "ReleaseAddress",
                json!({"allocationId": address?.allocation.as_ref()?}),
            ),
            18 | 19 => (
                ["AttachInternetGateway", "DetachInternetGateway"][usize::from(call - 18)],
                json!({"internetGatewayId": gateway, "vpcId": vpc}),
            ),
            20 => (
                "DeleteInternetGateway",
                json!({"internetGatewayId": gateway}),
            ),
            21 => (
                "CreateNatGateway",
                json!({"CreateNatGatewayRequest":
                    {"SubnetId": self.subnet(other % 2), "AllocationId": address?.allocation.as_ref()?}}),
            ),
            22 => (
                "DeleteNatGateway",
                json!({"DeleteNatGatewayRequest": {"NatGatewayId": pick(&self.nats, one)?.0}}),
            ),
            23 => (
                "AttachClassicLinkVpc",
                json!({"instanceId": of_kind(true)?, "vpcId": vpc,
                "groupSet": {"items": [{"groupId": self.group(other % 2, one)}]}}),
            ),
            24 => (
                "DetachClassicLinkVpc",
                json!({"instanceId": instance, "vpcId": vpc}),
            ),
            _ => {
                let classic = self
                    .addresses
                    .iter()
                    .find(|known| known.allocation.is_none());
                match classic.filter(|_| other > 0) {
                    None => ("AllocateAddress", json!({})),
                    Some(address) => (
                        "AssociateAddress",
                        json!({"publicIp": address.ip, "instanceId": of_kind(true)?}),
                    ),
                }
            }
        })
    }
}

fn pick<T>(things: &[T], which: usize) -> Option<&T> {
    things.get(which % things.len().max(1))
}
