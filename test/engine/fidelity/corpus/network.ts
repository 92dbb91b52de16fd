import { expect } from "vitest";
import type { JsonObject } from "../../../../src/domain/replacement/json.ts";
import type { Sample } from "../sample.ts";

const endpoint = (inspect: JsonObject, network: string): JsonObject => {
  const { Networks } = inspect["NetworkSettings"] as JsonObject;
  return (Networks as JsonObject)[network] as JsonObject;
};
const ports = (inspect: JsonObject): JsonObject =>
  (inspect["NetworkSettings"] as JsonObject)["Ports"] as JsonObject;
const published = (port: string, HostPort: string, HostIp = ""): JsonObject => ({
  ExposedPorts: { [port]: {} },
  HostConfig: { PortBindings: { [port]: [{ HostIp, HostPort }] } },
});

/** Names, addresses and ports. */
export const NETWORK: Readonly<Record<string, Sample>> = {
  "port-fixed": {
    covers: "-p 48001:8001: a port that the new image does not expose any more",
    create: () => published("8001/tcp", "48001"),
    outside: (inspect) => {
      expect(ports(inspect)["8001/tcp"]).toContainEqual({ HostIp: "0.0.0.0", HostPort: "48001" });
    },
  },
  "port-of-address": {
    covers: "-p 127.0.0.1:48002:53/udp",
    create: () => published("53/udp", "48002", "127.0.0.1"),
  },
  "port-range": {
    covers: "-p 48100-48110:9000",
    create: () => published("9000/tcp", "48100-48110"),
  },
  "port-range-to-range": {
    covers: "-p 48003-48004:9003-9004",
    create: () => ({
      ExposedPorts: { "9003/tcp": {}, "9004/tcp": {} },
      HostConfig: {
        PortBindings: {
          "9003/tcp": [{ HostIp: "", HostPort: "48003" }],
          "9004/tcp": [{ HostIp: "", HostPort: "48004" }],
        },
      },
    }),
  },
  "port-random": {
    covers: "-p 9000",
    create: () => published("9000/tcp", ""),
    outside: (inspect) => expect(ports(inspect)["9000/tcp"]).not.toBeNull(),
  },
  "port-publish-all": {
    covers: "-P",
    create: () => ({ HostConfig: { PublishAllPorts: true } }),
    outside: (inspect) => {
      expect(ports(inspect)["8002/tcp"]).not.toBeNull();
      expect(ports(inspect)).not.toHaveProperty(["8001/tcp"]);
    },
  },
  "port-exposed": { covers: "--expose", create: () => ({ ExposedPorts: { "7000/tcp": {} } }) },
  "default-bridge": {
    covers: "--network bridge",
    create: () => ({ HostConfig: { NetworkMode: "bridge" } }),
  },
  "default-bridge-mac": {
    covers: "--mac-address, on the default bridge",
    create: () => ({ MacAddress: "02:42:aa:00:00:01", HostConfig: { NetworkMode: "bridge" } }),
    inside: { "ip link show eth0": /02:42:aa:00:00:01/ },
  },
  "network-aliases": {
    covers: "--network, --network-alias",
    create: ({ front }) => ({
      HostConfig: { NetworkMode: front },
      NetworkingConfig: { EndpointsConfig: { [front]: { Aliases: ["web", "www"] } } },
    }),
    inside: { "nslookup www 127.0.0.11 > /dev/null && echo known": "known" },
  },
  "network-by-id": {
    covers: "--network with the network's ID",
    create: ({ frontId }) => ({ HostConfig: { NetworkMode: frontId } }),
  },
  "network-static": {
    covers: "--ip, --mac-address, --hostname on a user-defined network",
    create: ({ front }) => ({
      Hostname: "fixed",
      MacAddress: "02:42:aa:00:00:02",
      HostConfig: { NetworkMode: front },
      NetworkingConfig: {
        EndpointsConfig: { [front]: { IPAMConfig: { IPv4Address: "10.213.71.100" } } },
      },
    }),
    inside: { "ip addr show eth0": /02:42:aa:00:00:02[^]*10\.213\.71\.100\/24/ },
  },
  "networks-several": {
    covers: "two networks, each with a static address and aliases, a user-set MAC address",
    create: ({ front }) => ({
      MacAddress: "02:42:aa:00:00:03",
      HostConfig: { NetworkMode: front },
      NetworkingConfig: {
        EndpointsConfig: {
          [front]: { Aliases: ["web"], IPAMConfig: { IPv4Address: "10.213.71.101" } },
        },
      },
    }),
    connect: ({ back }) => [
      {
        network: back,
        endpoint: { Aliases: ["api"], IPAMConfig: { IPv4Address: "10.213.72.101" } },
      },
    ],
    inside: { "ip addr | grep -c -e 10.213.71.101/24 -e 10.213.72.101/24": "2" },
    outside: (inspect, { front, back }) => {
      expect(endpoint(inspect, front)).toMatchObject({
        IPAddress: "10.213.71.101",
        MacAddress: "02:42:aa:00:00:03",
      });
      expect(endpoint(inspect, back)).toMatchObject({ IPAddress: "10.213.72.101" });
    },
  },
  "networks-and-bridge": {
    covers: "the default bridge, and connected to another network later",
    create: () => ({}),
    connect: ({ front }) => [{ network: front, endpoint: {} }],
  },
  "network-left": {
    covers: "disconnected from the network that it was created on",
    create: () => ({}),
    connect: ({ front }) => [{ network: front, endpoint: { Aliases: ["moved"] } }],
    disconnect: () => "bridge",
  },
  "network-driver-options": {
    covers: "--network with driver-opt",
    create: ({ front }) => ({
      HostConfig: { NetworkMode: front },
      NetworkingConfig: { EndpointsConfig: { [front]: { DriverOpts: { "org.test.a": "b" } } } },
    }),
  },
  "network-host": {
    covers: "--network host",
    create: () => ({ HostConfig: { NetworkMode: "host" } }),
  },
  "network-none": {
    covers: "--network none",
    create: () => ({ HostConfig: { NetworkMode: "none" } }),
    inside: { "ip -o link | wc -l": "1" },
  },
  "network-container": {
    covers: "--network container:",
    create: ({ peer }) => ({ HostConfig: { NetworkMode: `container:${peer}` } }),
  },
  links: {
    covers: "--link, on the default bridge",
    create: ({ peer }) => ({ HostConfig: { Links: [`${peer}:db`, peer] } }),
    inside: { "grep -c -w db /etc/hosts": "1" },
  },
  "links-in-network": {
    covers: "--link, on a user-defined network",
    create: ({ front, neighbour }) => ({
      HostConfig: { NetworkMode: front },
      NetworkingConfig: { EndpointsConfig: { [front]: { Links: [`${neighbour}:db`] } } },
    }),
    inside: { "ping -c 1 -W 5 db > /dev/null && echo there": "there" },
  },
  dns: {
    covers: "--dns, --dns-option, --dns-search",
    create: () => ({
      HostConfig: { Dns: ["10.213.0.1"], DnsOptions: ["ndots:3"], DnsSearch: ["example.test"] },
    }),
    inside: { "cat /etc/resolv.conf": /search example\.test[^]*ndots:3/ },
  },
  "extra-hosts": {
    covers: "--add-host",
    create: () => ({ HostConfig: { ExtraHosts: ["db:10.1.2.3", "gate:host-gateway"] } }),
    inside: { "grep -w db /etc/hosts": /^10\.1\.2\.3\s+db$/ },
  },
};
