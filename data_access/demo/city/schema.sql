-- The invented one-stop product's own tables: Vietnamese names without accents, as real products have them.
CREATE SCHEMA onestop;
SET search_path = onestop;

CREATE TABLE don_vi (
  ma_don_vi text COLLATE "C" PRIMARY KEY,
  ten text NOT NULL,
  cap text NOT NULL CHECK (cap IN ('TINH', 'HUYEN', 'XA')),
  ma_cha text COLLATE "C",
  ma_xa_gso text COLLATE "C",
  hieu_luc_tu date,
  hieu_luc_den date
);
CREATE TABLE thu_tuc (
  ma_tthc text COLLATE "C" PRIMARY KEY,
  ten text NOT NULL,
  ma_linh_vuc text NOT NULL,
  ten_linh_vuc text NOT NULL,
  cap text NOT NULL CHECK (cap IN ('TINH', 'HUYEN', 'XA')),
  thoi_han integer NOT NULL,
  don_vi_tinh text NOT NULL CHECK (don_vi_tinh IN ('GIO', 'NGAY', 'NGAY_LAM_VIEC', 'THANG')),
  trong_ngay boolean NOT NULL,
  co_phi boolean NOT NULL,
  du_dieu_kien_truc_tuyen boolean NOT NULL,
  cong_bo_iso boolean NOT NULL,
  hieu_luc_tu date,
  hieu_luc_den date
);
CREATE TABLE cung_cap (
  ma_don_vi text COLLATE "C" NOT NULL,
  ma_tthc text COLLATE "C" NOT NULL,
  muc_do smallint NOT NULL CHECK (muc_do BETWEEN 2 AND 4),
  tu_ngay date NOT NULL,
  den_ngay date,                     -- first day it no longer holds
  tich_hop_quoc_gia boolean NOT NULL
);
CREATE TABLE can_bo (
  ma_can_bo text COLLATE "C" PRIMARY KEY,
  ho_ten text NOT NULL,
  ma_don_vi text COLLATE "C" NOT NULL,
  vai_tro text NOT NULL,
  chuyen_mon text NOT NULL,
  hoat_dong boolean NOT NULL,
  truy_cap_cuoi timestamptz
);
CREATE TABLE ho_so (
  id_ho_so text COLLATE "C" NOT NULL,
  ma_ho_so text COLLATE "C" NOT NULL,
  ma_tthc text COLLATE "C" NOT NULL,
  don_vi_tiep_nhan text COLLATE "C" NOT NULL,
  don_vi_xu_ly text COLLATE "C" NOT NULL,
  xa_vu_viec text COLLATE "C",
  kenh smallint NOT NULL,
  trang_thai smallint NOT NULL,
  ngay_nop timestamptz,
  ngay_tiep_nhan timestamptz,
  hen_tra timestamptz,
  hen_tra_goc timestamptz,
  ngay_ket_thuc timestamptz,
  ngay_tra timestamptz,
  so_lan_bo_sung smallint NOT NULL,
  so_lan_xin_loi smallint NOT NULL,
  ly_do_tre text,
  phi_phai_nop integer NOT NULL,     -- VND
  nop_phi_truc_tuyen boolean NOT NULL,
  so_hoa_thanh_phan boolean NOT NULL,
  so_hoa_ket_qua boolean NOT NULL,
  ky_so boolean NOT NULL,
  tu_nop boolean NOT NULL,
  xac_thuc_dien_tu boolean NOT NULL,
  diem_danh_gia smallint,
  da_xoa boolean NOT NULL,
  cap_nhat timestamptz NOT NULL,
  chu_ho_so text NOT NULL,
  so_giay_to text NOT NULL,
  so_dien_thoai text NOT NULL,
  dia_chi text NOT NULL
);
CREATE TABLE buoc_xu_ly (
  id_buoc text COLLATE "C" NOT NULL,
  id_ho_so text COLLATE "C" NOT NULL,
  ten_buoc text NOT NULL,
  can_bo text[] NOT NULL,
  bat_dau timestamptz NOT NULL,
  han_buoc timestamptz,
  ket_thuc timestamptz,
  cap_nhat timestamptz NOT NULL
);
CREATE TABLE tam_dung (
  id_ho_so text COLLATE "C" NOT NULL,
  tu_luc timestamptz NOT NULL,
  den_luc timestamptz,
  ly_do text NOT NULL CHECK (ly_do IN ('bo_sung', 'nghia_vu_tai_chinh', 'dung_xu_ly'))
);
CREATE TABLE thay_doi_han (
  id_ho_so text COLLATE "C" NOT NULL,
  luc timestamptz NOT NULL,
  han_cu timestamptz NOT NULL,
  han_moi timestamptz NOT NULL,
  ly_do text NOT NULL
);
CREATE TABLE danh_gia (
  id_ho_so text COLLATE "C" NOT NULL,
  diem smallint NOT NULL CHECK (diem BETWEEN 1 AND 3),
  luc timestamptz NOT NULL
);
CREATE TABLE kiem_tra_ket_noi (
  ma_xa_gso text COLLATE "C" NOT NULL,
  dich_vu text NOT NULL CHECK (dich_vu IN ('wan', 'onestop', 'video')),
  luc timestamptz NOT NULL,
  thong boolean NOT NULL,
  do_tre_ms integer
);
CREATE TABLE chi_so (
  ma_chi_so text NOT NULL,
  loai_pham_vi text NOT NULL,
  ma_pham_vi text NOT NULL,
  luc timestamptz NOT NULL,
  gia_tri double precision NOT NULL
);
-- The simulator's own: one row says how far the city has come, one row a dossier what happens next.
CREATE TABLE trang_thai_mo_phong (
  mot boolean PRIMARY KEY DEFAULT true CHECK (mot),
  hoan_tat boolean NOT NULL,
  hat_giong bigint NOT NULL,
  so_ho_so integer NOT NULL,
  luc_sinh timestamptz NOT NULL,     -- instant up to which the city was generated
  luc_mo_phong timestamptz NOT NULL, -- last simulated instant
  so_cuoi_ho_so bigint NOT NULL,
  so_cuoi_buoc bigint NOT NULL
);
CREATE TABLE ke_hoach (
  id_ho_so text COLLATE "C" NOT NULL,
  luc timestamptz NOT NULL,
  viec text NOT NULL,
  quy_trinh text NOT NULL,
  buoc smallint NOT NULL,
  giay integer NOT NULL              -- planned office seconds for the whole process
);
CREATE TABLE mat_ket_noi (
  ma_xa_gso text COLLATE "C" NOT NULL,
  dich_vu text NOT NULL,
  den_luc timestamptz NOT NULL,      -- when the outage ends
  PRIMARY KEY (ma_xa_gso, dich_vu)
);
