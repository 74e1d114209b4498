//! The model of EC2 that scenes are played against: what there is, and what a call does to it.

use serde_json::{Value, json};

pub(super) struct Interface {
    pub(super) id: String,
    pub(super) vpc: usize,
    pub(super) on: Option<Attachment>,
}

pub(super) struct Attachment {
    pub(super) id: String,
    pub(super) instance: String,
    /// It dies with the instance.
    pub(super) dies: bool,
    /// It came with the instance, and cannot be taken off.
    pub(super) is_first: bool,
}

pub(super) struct Address {
    pub(super) allocation: Option<String>,
    pub(super) ip: String,
    /// Association, and what it is on.
    pub(super) on: Option<(String, String)>,
}

/// One account and region.
pub(super) struct World {
    pub(super) number: u8,
    pub(super) made: usize,
    pub(super) instances: Vec<(String, usize, bool)>,
    pub(super) interfaces: Vec<Interface>,
    pub(super) addresses: Vec<Address>,
    pub(super) gateways: Vec<(String, Option<usize>)>,
    pub(super) nats: Vec<(String, String)>,
    pub(super) links: Vec<(String, usize)>,
}

impl World {
    pub(super) fn new(number: u8) -> Self {
        let mut world = Self {
            number,
            made: 0,
            instances: Vec::new(),
            interfaces: Vec::new(),
            addresses: Vec::new(),
            gateways: Vec::new(),
            nats: Vec::new(),
            links: Vec::new(),
        };
        // What was there before: seen first when something is done to it.
        for vpc in 0..2 {
            let instance = world.id("i");
            world.instances.push((instance.clone(), vpc, false));
            let on = Some(Attachment {
                id: world.id("eni-attach"),
                instance,
                dies: vpc == 0,
                is_first: true,
            });
            let id = world.id("eni");
            world.interfaces.push(Interface { id, vpc, on });
            let gateway = world.id("igw");
            world.gateways.push((gateway, (vpc == 0).then_some(vpc)));
        }
        let classic = world.id("i");
        world.instances.push((classic, 0, true));
        world
    }

    fn id(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}-0{}{:015x}", self.number, self.made)
    }

    pub(super) fn vpc(&self, vpc: usize) -> String {
        format!("vpc-0{}{vpc:015x}", self.number)
    }

    pub(super) fn subnet(&self, vpc: usize) -> String {
        format!("subnet-0{}{vpc:015x}", self.number)
    }

    pub(super) fn group(&self, vpc: usize, which: usize) -> String {
        format!("sg-0{}{:015x}", self.number, 2 * vpc + which % 2)
    }

    /// Does what was asked, or says why not.
    pub(super) fn done(
        &mut self,
        name: &str,
        request: &Value,
        one: usize,
        other: usize,
    ) -> Result<Value, &'static str> {
        let asked = |key: &str| request[key].as_str().unwrap_or_default().to_owned();
        let instance = match request["instancesSet"]["items"][0]["instanceId"].as_str() {
            Some(id) => id.to_owned(),
            None => asked("instanceId"),
        };
        match name {
            "RunInstances" => return Ok(self.launch(one % 2, other.is_multiple_of(2))),
            "TerminateInstances" => self.terminate(&instance),
            "StopInstances" => {
                self.links.retain(|(linked, _)| *linked != instance);
                for address in &mut self.addresses {
                    if address.allocation.is_none() {
                        address.on.take_if(|(_, on)| *on == instance);
                    }
                }
            }
            "CreateNetworkInterface" => {
                let id = self.id("eni");
                let vpc = one % 2;
                self.interfaces.push(Interface {
                    id: id.clone(),
                    vpc,
                    on: None,
                });
                return Ok(json!({"networkInterface": {"networkInterfaceId": id,
                    "subnetId": self.subnet(vpc), "vpcId": self.vpc(vpc),
                    "groupSet": {"items": [{"groupId": self.group(vpc, other)}]},
                    "privateIpAddress": format!("10.{vpc}.0.{}", self.made)}}));
            }
            "AttachNetworkInterface" => {
                let attachment = self.id("eni-attach");
                let interface = self.interface(&asked("networkInterfaceId"));
                if interface.on.is_some() {
                    return Err("Client.InvalidNetworkInterface.InUse");
                }
                interface.on = Some(Attachment {
                    id: attachment.clone(),
                    instance,
                    dies: false,
                    is_first: false,
                });
                return Ok(json!({"attachmentId": attachment}));
            }
            "DetachNetworkInterface" => {
                let attachment = asked("attachmentId");
                for interface in &mut self.interfaces {
                    let found = interface.on.take_if(|on| on.id == attachment);
                    if found.as_ref().is_some_and(|on| on.is_first) {
                        interface.on = found;
                        return Err("Client.OperationNotPermitted");
                    }
                }
            }
            "DeleteNetworkInterface" => {
                let id = asked("networkInterfaceId");
                if self.interface(&id).on.is_some() {
                    return Err("Client.InvalidParameterValue");
                }
                self.delete_interface(&id);
            }
            "AllocateAddress" => {
                let allocation = (request["domain"] == "vpc").then(|| self.id("eipalloc"));
                let ip = format!(
                    "203.0.113.{}",
                    self.made % 9 + usize::from(self.number) * 10
                );
                if self.addresses.iter().any(|known| known.ip == ip) {
                    return Err("Client.AddressLimitExceeded");
                }
                let told = json!({"publicIp": ip, "allocationId": allocation,
                    "domain": if allocation.is_some() { "vpc" } else { "standard" }});
                self.addresses.push(Address {
                    allocation,
                    ip,
                    on: None,
                });
                return Ok(told);
            }
            "AssociateAddress" => return Ok(self.associate(request)),
            "DisassociateAddress" => {
                let association = asked("associationId");
                for address in &mut self.addresses {
                    address.on.take_if(|(id, _)| *id == association);
                }
            }
            "ReleaseAddress" => {
                let allocation = Some(asked("allocationId"));
                let position = self
                    .addresses
                    .iter()
                    .position(|known| known.allocation == allocation);
                let position = position.ok_or("Client.InvalidAllocationID.NotFound")?;
                if self.addresses[position].on.is_some() {
                    return Err("Client.InvalidIPAddress.InUse");
                }
                self.addresses.remove(position);
            }
            _ => return self.done_to_gateways(name, request),
        }
        Ok(json!({"_return": true}))
    }

    fn done_to_gateways(&mut self, name: &str, request: &Value) -> Result<Value, &'static str> {
        let asked = |key: &str| request[key].as_str().unwrap_or_default().to_owned();
        let vpc = (0..2).find(|vpc| self.vpc(*vpc) == asked("vpcId"));
        let gateway = asked("internetGatewayId");
        let taken = self.gateways.iter().any(|(_, on)| *on == vpc);
        let known = self.gateways.iter().position(|(id, _)| *id == gateway);
        match (name, known, vpc) {
            ("AttachInternetGateway", Some(known), Some(_)) => {
                if taken || self.gateways[known].1.is_some() {
                    return Err("Client.Resource.AlreadyAssociated");
                }
                self.gateways[known].1 = vpc;
            }
            ("DetachInternetGateway", Some(known), Some(_)) => {
                if self.gateways[known].1 != vpc {
                    return Err("Client.Gateway.NotAttached");
                }
                self.gateways[known].1 = None;
            }
            ("DeleteInternetGateway", Some(known), _) => {
                if self.gateways[known].1.is_some() {
                    return Err("Client.DependencyViolation");
                }
                let another = self.id("igw");
                self.gateways[known] = (another, None);
            }
            ("CreateNatGateway", ..) => {
                let asked = &request["CreateNatGatewayRequest"];
                let allocation = asked["AllocationId"].as_str().unwrap().to_owned();
                let nat = self.id("nat");
                let association = self.id("eipassoc");
                let address = self
                    .addresses
                    .iter_mut()
                    .find(|known| known.allocation.as_ref() == Some(&allocation))
                    .filter(|known| known.on.is_none())
                    .ok_or("Client.Resource.AlreadyAssociated")?;
                address.on = Some((association, nat.clone()));
                self.nats.push((nat.clone(), allocation.clone()));
                return Ok(json!({"CreateNatGatewayResponse": {"natGateway": {
                    "natGatewayId": nat, "subnetId": asked["SubnetId"], "state": "pending",
                    "natGatewayAddressSet": {"item": {"allocationId": allocation}}}}}));
            }
            ("DeleteNatGateway", ..) => {
                let nat = request["DeleteNatGatewayRequest"]["NatGatewayId"]
                    .as_str()
                    .unwrap()
                    .to_owned();
                self.nats.retain(|(known, _)| *known != nat);
                for address in &mut self.addresses {
                    address.on.take_if(|(_, on)| *on == nat);
                }
            }
            ("AttachClassicLinkVpc", _, Some(vpc)) => {
                let instance = asked("instanceId");
                if self.links.iter().any(|(linked, _)| *linked == instance) {
                    return Err("Client.InvalidParameterValue");
                }
                self.links.push((instance, vpc));
            }
            ("DetachClassicLinkVpc", _, Some(vpc)) => {
                let link = (asked("instanceId"), vpc);
                let position = self.links.iter().position(|known| *known == link);
                self.links
                    .remove(position.ok_or("Client.InvalidInstanceID.NotLinkable")?);
            }
            _ => {}
        }
        Ok(json!({"_return": true}))
    }

    fn launch(&mut self, vpc: usize, dies_with_it: bool) -> Value {
        let (instance, attachment, id) = (self.id("i"), self.id("eni-attach"), self.id("eni"));
        let on = Some(Attachment {
            id: attachment.clone(),
            instance: instance.clone(),
            dies: dies_with_it,
            is_first: true,
        });
        self.instances.push((instance.clone(), vpc, false));
        self.interfaces.push(Interface {
            id: id.clone(),
            vpc,
            on,
        });
        json!({"instancesSet": {"items": [{"instanceId": instance, "subnetId": self.subnet(vpc),
            "vpcId": self.vpc(vpc), "networkInterfaceSet": {"items": [{"networkInterfaceId": id,
                "subnetId": self.subnet(vpc), "vpcId": self.vpc(vpc),
                "groupSet": {"items": [{"groupId": self.group(vpc, 0)}]},
                "privateIpAddress": format!("10.{vpc}.0.{}", self.made),
                "attachment": {"attachmentId": attachment, "deviceIndex": 0,
                    "deleteOnTermination": dies_with_it}}]}}]}})
    }

    fn terminate(&mut self, instance: &str) {
        let taken = self.interfaces.iter().filter(|interface| {
            let on = interface.on.as_ref();
            on.is_some_and(|on| on.instance == instance && on.dies)
        });
        let gone: Vec<String> = taken.map(|interface| interface.id.clone()).collect();
        gone.iter().for_each(|id| self.delete_interface(id));
        for interface in &mut self.interfaces {
            interface.on.take_if(|on| on.instance == instance);
        }
        self.links.retain(|(linked, _)| linked != instance);
        if self.instances.len() > 2 {
            self.instances.retain(|(known, ..)| known != instance);
        }
    }

    fn delete_interface(&mut self, id: &str) {
        self.interfaces.retain(|interface| interface.id != id);
        for address in &mut self.addresses {
            address.on.take_if(|(_, on)| on == id);
        }
    }

    fn interface(&mut self, id: &str) -> &mut Interface {
        let mut all = self.interfaces.iter_mut();
        all.find(|interface| interface.id == id)
            .expect("picked from these")
    }

    fn associate(&mut self, request: &Value) -> Value {
        let asked = |key: &str| request[key].as_str().unwrap_or_default().to_owned();
        let instance = asked("instanceId");
        let first = self.interfaces.iter().find(|interface| {
            interface
                .on
                .as_ref()
                .is_some_and(|on| on.instance == instance && on.is_first)
        });
        let is_classic = request["publicIp"].is_string();
        let on = match (request["networkInterfaceId"].as_str(), first) {
            (Some(id), _) => id.to_owned(),
            (None, Some(interface)) if !is_classic => interface.id.clone(),
            _ => instance,
        };
        let association = self.id("eipassoc");
        for address in &mut self.addresses {
            address.on.take_if(|(_, known)| *known == on);
        }
        for address in &mut self.addresses {
            let named = [address.allocation.as_deref(), Some(&address.ip)];
            let wanted = [
                request["allocationId"].as_str(),
                request["publicIp"].as_str(),
            ];
            if wanted
                .iter()
                .flatten()
                .any(|wanted| named.contains(&Some(wanted)))
            {
                address.on = Some((association.clone(), on.clone()));
            }
        }
        match is_classic {
            true => json!({"_return": true}),
            false => json!({"_return": true, "associationId": association}),
        }
    }
}
