/** Spellings of the loopback address, or of all addresses of this machine: each would reach a server that listens on all of them. */
export const LOOPBACK_HOSTS = [
  ...['127.0.0.1', '127.0.0.1.', '127.1', '127.0.1', '127.255.255.254', '0', '0x0', '00', '0.0.0.0', '0.0'],
  // One number: decimal, hexadecimal, octal.
  ...['2130706433', '0x7f000001', '0X7F000001', '0x000000007f000001', '017700000001', '00000017700000001'],
  // Part by part, and mixed.
  ...[
    '0x7f.1',
    '0x7F.0x0.0x0.0x1',
    '0177.0.0.1',
    '0177.0.0.01',
    '0177.0x0.0.1',
    '127.0x1',
    '127.0.0x0001',
    '127.65535',
  ],
  // Letters and digits that become ASCII, and an escaped one.
  ...['①②⑦.⓪.⓪.①', '127。0。0。1', '127．0．0．1', '127｡0｡0｡1', '１２７.0.0.1', '%31%32%37.0.0.1', '0ⓧ7f.1'],
  ...['localhost', 'LOCALHOST', 'ｌocalhost', 'localhoſt'],
  ...['[::1]', '[0:0:0:0:0:0:0:1]', '[0000::0001]', '[::0.0.0.1]', '[::]', '[::0]'],
  // IPv4-mapped, in both spellings.
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]', '[::FFFF:7F00:0001]', '[::ffff:0.0.0.0]'],
] as const

/** Other hosts that must not be reached: embedded addresses, private, link-local, metadata, reserved and multicast ones. */
export const OTHER_REFUSED_HOSTS = [
  // Loopback inside IPv6: v4-compatible, v4-translated, NAT64 (RFC 6052, RFC 8215), 6to4, Teredo (server and client), ISATAP.
  ...['[::127.0.0.1]', '[::7f00:1]', '[::ffff:0:127.0.0.1]', '[64:ff9b::127.0.0.1]', '[64:ff9b::7f00:1]'],
  ...[
    '[64:ff9b:1::7f00:1]',
    '[64:ff9b:1:7f00:0:100::]',
    '[64:ff9b:1:ffff::7f00:1]',
    '[2002:7f00:1::]',
    '[2002:7f00:1::1]',
  ],
  ...['[2001:0:7f00:1::]', '[2001:0:1::80ff:fffe]', '[fe80::5efe:7f00:1]', '[2001:0:4136:e378:8000:63bf:80ff:fffe]'],
  // The metadata services of clouds, in every spelling and inside IPv6.
  ...[
    '169.254.169.254',
    '169.254.169.254.',
    '169.254.43518',
    '169.16689662',
    '2852039166',
    '0xa9fea9fe',
    '025177524776',
  ],
  ...['0251.0376.0251.0376', '0xa9.0xfe.0xa9.0xfe', '0xa9.254.0251.254', '①⑥⑨.②⑤④.①⑥⑨.②⑤④', '169.254.170.2'],
  ...[
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[::a9fe:a9fe]',
    '[64:ff9b::169.254.169.254]',
    '[64:ff9b:1::a9fe:a9fe]',
  ],
  ...[
    '[2002:a9fe:a9fe::1]',
    '[2001:0:0:0:0:0:5601:5601]',
    '[fd00:ec2::254]',
    '[fd00:0ec2:0::0254]',
    '100.100.100.200',
    '1684301000',
  ],
  ...['168.63.129.16', '192.0.0.192', '[fd20:ce::254]', '[fe80::a9fe:a9fe]'],
  // Private use, shared, link-local.
  ...[
    '10.0.0.1',
    '167772161',
    '0xa000001',
    '012.0.0.1',
    '10.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '0xc0a80001',
  ],
  ...[
    '192.168.1',
    '100.64.0.1',
    '169.254.0.1',
    '[::ffff:10.0.0.1]',
    '[::10.0.0.1]',
    '[64:ff9b::10.0.0.1]',
    '[2002:a00:1::1]',
  ],
  ...['[2002:c0a8:1::]', '[fe80::1]', '[febf::1]', '[fec0::1]', '[fc00::1]', '[fd12:3456::1]'],
  // Reserved, for documentation, for measuring, discard, multicast, broadcast.
  ...[
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '192.88.99.1',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
  ],
  ...[
    '255.255.255.255',
    '4294967295',
    '0xffffffff',
    '[ff02::1]',
    '[ff05::2]',
    '[100::1]',
    '[2001:db8::1]',
    '[3fff::1]',
    '[5f00::1]',
  ],
] as const
